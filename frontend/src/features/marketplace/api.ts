import { queryOptions } from '@tanstack/react-query';
import { api, ok } from '@/api/client';

export const agentsQuery = queryOptions({
  queryKey: ['agents'],
  queryFn: () => ok(api.GET('/api/v1/agents', { params: { query: { limit: 200 } } })),
});

export const agentQuery = (id: string) =>
  queryOptions({
    queryKey: ['agents', id],
    queryFn: () => ok(api.GET('/api/v1/agents/{agent_id}', { params: { path: { agent_id: id } } })),
  });

export const categoriesQuery = queryOptions({
  queryKey: ['agents', 'categories'],
  queryFn: async () => (await ok(api.GET('/api/v1/agents/categories/list'))).categories,
});
