import { infiniteQueryOptions, mutationOptions } from '@tanstack/react-query';
import { call } from '@/api/client';
import type { KnowledgeBase, Page, SearchResult } from '@/api/types';
import { queryClient } from '@/lib/query-client';

export const basesQuery = infiniteQueryOptions({
  queryKey: ['knowledge-bases'],
  queryFn: ({ pageParam }) => call<Page<KnowledgeBase>>('GET', '/knowledge-bases', { query: { limit: 100, cursor: pageParam } }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
  select: ({ pages }) => pages.flatMap(({ items }) => items),
});

const refresh = () => queryClient.invalidateQueries({ queryKey: basesQuery.queryKey });

export const createBase = mutationOptions({
  mutationFn: (base: { name: string; description?: string }) => call<KnowledgeBase>('POST', '/knowledge-bases', { body: base }),
  onSuccess: refresh,
});

export const deleteBase = mutationOptions({
  mutationFn: (id: string) => call('DELETE', `/knowledge/${id}`),
  onSuccess: refresh,
});

export interface NewTexts {
  knowledge_base_id: string;
  texts: string[];
  source_type?: string;
  source_uri?: string;
}

export const addTexts = mutationOptions({
  mutationFn: (texts: NewTexts) => call<{ chunks_added: number }>('POST', '/knowledge/add', { body: texts }),
  onSuccess: refresh,
});

export const searchBase = mutationOptions({
  mutationFn: (search: { knowledge_base_id: string; query: string; top_k: number }) =>
    call<{ query: string; results: SearchResult[] }>('POST', '/knowledge/search', { body: search }),
});
