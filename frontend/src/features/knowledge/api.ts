import { infiniteQueryOptions, mutationOptions } from '@tanstack/react-query';
import { api, ok } from '@/api/client';
import { queryClient } from '@/lib/query-client';

export const basesQuery = infiniteQueryOptions({
  queryKey: ['knowledge-bases'],
  queryFn: ({ pageParam }) =>
    ok(api.GET('/api/v1/knowledge-bases', { params: { query: { limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } } })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
  select: ({ pages }) => pages.flatMap(({ items }) => items),
});

const refresh = () => queryClient.invalidateQueries({ queryKey: basesQuery.queryKey });

export const createBase = mutationOptions({
  mutationFn: (body: { name: string; description: string | null }) => ok(api.POST('/api/v1/knowledge-bases', { body })),
  onSuccess: refresh,
});

export const deleteBase = mutationOptions({
  mutationFn: (id: string) => ok(api.DELETE('/api/v1/knowledge/{knowledge_base_id}', { params: { path: { knowledge_base_id: id } } })),
  onSuccess: refresh,
});

export const addText = (baseId: string) =>
  mutationOptions({
    mutationFn: ({ text, source }: { text: string; source: string | null }) =>
      ok(api.POST('/api/v1/knowledge/add', { body: { knowledge_base_id: baseId, texts: [text], source_type: 'text', source_uri: source } })),
    onSuccess: refresh,
  });

export const searchBase = (baseId: string) =>
  mutationOptions({
    mutationFn: async (query: string) => (await ok(api.POST('/api/v1/knowledge/search', { body: { knowledge_base_id: baseId, query, top_k: 8 } }))).results,
  });
