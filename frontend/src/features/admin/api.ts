import { infiniteQueryOptions, keepPreviousData, mutationOptions, queryOptions } from '@tanstack/react-query';
import { api, ok } from '@/api/client';
import type { TenantUsage } from '@/api/types';
import type { Range } from '@/features/usage/days';
import { queryClient } from '@/lib/query-client';

/** What usage is added up by. */
export type By = 'user' | 'bot' | 'model' | 'day';

/** The most rows of a page. */
const MOST = 1000;

// JSON, since no CSV is asked for.
const usagePage = async (range: Range, by: By, offset: number) =>
  (await ok(api.GET('/api/v1/admin/usage', { params: { query: { ...range, by, offset, limit: by === 'day' ? MOST : 100 } } }))) as TenantUsage;

export const tenantUsageQuery = (range: Range, by: By) =>
  queryOptions({
    queryKey: ['admin', 'usage', range, by],
    queryFn: async () => {
      const usage = await usagePage(range, by, 0);
      // Days have a row for each model. A chart without the last of them would say that there was no more.
      while (by === 'day' && usage.has_more) {
        const { items, has_more } = await usagePage(range, by, usage.items.length);
        usage.items.push(...items);
        usage.has_more = has_more;
      }
      return usage;
    },
    // Of other days, but never of something else.
    placeholderData: (before, query) => (query?.queryKey[3] === by ? before : undefined),
  });

/** The same as a file for spreadsheets, with all rows. */
export async function usageFile(range: Range, by: By): Promise<File> {
  const text = await ok(api.GET('/api/v1/admin/usage', { params: { query: { ...range, by, format: 'csv' } }, parseAs: 'text' }));
  // The mark at the beginning is how a spreadsheet knows that it is UTF-8.
  return new File(['\uFEFF', text as unknown as string], `mangoo-usage-by-${by}-${range.from}-${range.to}.csv`, { type: 'text/csv;charset=utf-8' });
}

/** The words that a list is searched for, as the service takes them. */
const words = (q: string) => (q.trim() ? { q: q.trim().slice(0, 200) } : {});

export const usersQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['admin', 'users', q],
    queryFn: ({ pageParam }) => ok(api.GET('/api/v1/admin/users', { params: { query: { ...words(q), ...(pageParam ? { after: pageParam } : {}) } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });

export const setActive = mutationOptions({
  mutationFn: ({ id, is_active }: { id: string; is_active: boolean }) =>
    ok(api.PATCH('/api/v1/admin/users/{user_id}', { params: { path: { user_id: id } }, body: { is_active } })),
  onSuccess: () => queryClient.invalidateQueries({ queryKey: ['admin', 'users'] }),
});

export const everyBotQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['admin', 'bots', q],
    queryFn: ({ pageParam }) => ok(api.GET('/api/v1/admin/bots', { params: { query: { ...words(q), ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });

export const everyAgentQuery = (q: string) =>
  infiniteQueryOptions({
    queryKey: ['admin', 'agents', q],
    queryFn: ({ pageParam }) => ok(api.GET('/api/v1/admin/agents', { params: { query: { ...words(q), ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
  });

const agentsChanged = () => Promise.all([queryClient.invalidateQueries({ queryKey: ['admin', 'agents'] }), queryClient.invalidateQueries({ queryKey: ['agents'] })]);

export const changeAgent = mutationOptions({
  mutationFn: ({ id, ...body }: { id: string; status?: string; is_public?: boolean }) =>
    ok(api.PATCH('/api/v1/agents/{agent_id}', { params: { path: { agent_id: id } }, body })),
  onSuccess: agentsChanged,
});

export const deleteAgent = mutationOptions({
  mutationFn: (id: string) => ok(api.DELETE('/api/v1/agents/{agent_id}', { params: { path: { agent_id: id } } })),
  onSuccess: agentsChanged,
});
