import { infiniteQueryOptions, mutationOptions, queryOptions } from '@tanstack/react-query';
import { api, ok } from '@/api/client';
import type { KnowledgeBase } from '@/api/types';
import { queryClient } from '@/lib/query-client';

export const basesQuery = infiniteQueryOptions({
  queryKey: ['knowledge-bases'],
  queryFn: ({ pageParam }) =>
    ok(api.GET('/api/v1/knowledge-bases', { params: { query: { limit: 100, ...(pageParam ? { cursor: pageParam } : {}) } } })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
  select: ({ pages }) => pages.flatMap(({ items }) => items),
});

export const baseQuery = (id: string) =>
  queryOptions({
    queryKey: [...basesQuery.queryKey, id],
    queryFn: () => ok(api.GET('/api/v1/knowledge-bases/{knowledge_base_id}', { params: { path: { knowledge_base_id: id } } })),
  });

const refresh = () => queryClient.invalidateQueries({ queryKey: basesQuery.queryKey });

type BaseInput = Pick<KnowledgeBase, 'name' | 'language' | 'is_shared'> & { description: string };

export const createBase = mutationOptions({
  mutationFn: (body: BaseInput) => ok(api.POST('/api/v1/knowledge-bases', { body })),
  onSuccess: refresh,
});

export const updateBase = (id: string) =>
  mutationOptions({
    mutationFn: (body: BaseInput) => ok(api.PATCH('/api/v1/knowledge-bases/{knowledge_base_id}', { params: { path: { knowledge_base_id: id } }, body })),
    onSuccess: refresh,
  });

export const deleteBase = mutationOptions({
  mutationFn: (id: string) => ok(api.DELETE('/api/v1/knowledge/{knowledge_base_id}', { params: { path: { knowledge_base_id: id } } })),
  // Not the base itself, which is on the page yet.
  onSuccess: () => queryClient.invalidateQueries({ queryKey: basesQuery.queryKey, exact: true }),
});

/** Keeps nothing of a base that is gone. */
export function forgetBase(id: string) {
  queryClient.removeQueries({ queryKey: baseQuery(id).queryKey });
  queryClient.removeQueries({ queryKey: ['documents', 'of', id] });
}

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

/** Characters of a document that are shown before and after a passage. */
const AROUND = 1_500;

/** A passage with what stands around it in its document. */
export const surroundingsQuery = (documentId: string, from: number, to: number) =>
  queryOptions({
    queryKey: ['documents', documentId, 'text', from, to],
    queryFn: async () => {
      const start = Math.max(0, from - AROUND);
      const part = await ok(api.GET('/api/v1/documents/{document_id}/text', { params: { path: { document_id: documentId }, query: { start, limit: to - start + AROUND } } }));
      // The service counts characters, JavaScript halves of some.
      const text = Array.from(part.text);
      const slice = (begin: number, end?: number) => text.slice(begin, end).join('');
      return { before: slice(0, from - start), passage: slice(from - start, to - start), after: slice(to - start), isStart: start === 0, isEnd: part.next === null };
    },
    staleTime: Infinity,
  });
