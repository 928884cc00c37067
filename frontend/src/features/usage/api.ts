import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { api, ok } from '@/api/client';
import type { Range } from '@/features/usage/days';

/** What one's own answers cost. */
export const usageQuery = (range: Range) =>
  queryOptions({
    queryKey: ['usage', range],
    queryFn: () => ok(api.GET('/api/v1/usage', { params: { query: { from: range.from, to: range.to } } })),
    // An answer may have ended since one was last here.
    staleTime: 5_000,
    placeholderData: keepPreviousData,
  });
