import { queryOptions } from '@tanstack/react-query';
import { call } from '@/api/client';
import type { Agent } from '@/api/types';

export const agentsQuery = queryOptions({
  queryKey: ['agents'],
  queryFn: () => call<Agent[]>('GET', '/agents', { query: { limit: 200 } }),
});

export const agentQuery = (id: string) =>
  queryOptions({ queryKey: ['agents', id], queryFn: () => call<Agent>('GET', `/agents/${id}`) });

export const categoriesQuery = queryOptions({
  queryKey: ['agents', 'categories'],
  queryFn: async () => (await call<{ categories: string[] }>('GET', '/agents/categories/list')).categories,
});
