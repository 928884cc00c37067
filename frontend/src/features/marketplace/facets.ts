import { queryOptions } from '@tanstack/react-query';
import { api, ok } from '@/api/client';

/** The categories and tags of the bots and agents that the marketplace has. */
export const facetsQuery = queryOptions({
  queryKey: ['marketplace', 'facets'],
  queryFn: () => ok(api.GET('/api/v1/marketplace/facets')),
});
