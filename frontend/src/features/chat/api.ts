import { infiniteQueryOptions, mutationOptions, queryOptions } from '@tanstack/react-query';
import { call } from '@/api/client';
import type { Chat, ChatMatch, History, Page } from '@/api/types';
import { queryClient } from '@/lib/query-client';

export const chatsQuery = infiniteQueryOptions({
  queryKey: ['chats', 'list'],
  queryFn: ({ pageParam }) => call<Page<Chat>>('GET', '/chats', { query: { limit: 30, cursor: pageParam } }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
  select: ({ pages }) => pages.flatMap(({ items }) => items),
});

export const chatQuery = (id: string) =>
  queryOptions({ queryKey: ['chats', 'one', id], queryFn: () => call<Chat>('GET', `/chats/${id}`) });

export const historyQuery = (id: string) =>
  queryOptions({ queryKey: ['history', id], queryFn: () => call<History>('GET', `/chat/history/${id}`) });

export const chatSearchQuery = (q: string) =>
  queryOptions({
    queryKey: ['chats', 'search', q],
    queryFn: ({ signal }) => call<{ items: ChatMatch[] }>('GET', '/chats/search', { query: { q, limit: 20 }, signal }),
    select: ({ items }) => items,
  });

const refresh = () => queryClient.invalidateQueries({ queryKey: ['chats'] });

export const renameChat = mutationOptions({
  mutationFn: ({ id, title }: { id: string; title: string }) => call<Chat>('PATCH', `/chats/${id}`, { body: { title } }),
  onSuccess: refresh,
});

export const deleteChat = mutationOptions({
  mutationFn: (id: string) => call('DELETE', `/chats/${id}`),
  onSuccess: refresh,
});
