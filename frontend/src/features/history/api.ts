import { type InfiniteData, infiniteQueryOptions, mutationOptions, queryOptions } from '@tanstack/react-query';
import { api, ok } from '@/api/client';
import type { Chat, Chats } from '@/api/types';
import { errorText } from '@/components/ui/states';
import { queryClient } from '@/lib/query-client';
import { toast } from '@/lib/toasts';

const ofChats = { queryKey: ['chats'] };

interface Changes {
  id: string;
  title?: string;
  is_pinned?: boolean;
  is_archived?: boolean;
}

/** Shows a chat as it will be wherever it is shown, before the service has changed it. */
function foresee({ id, ...changes }: Changes) {
  const changed = (chat: Chat) => (chat.id === id ? { ...chat, ...changes } : chat);
  queryClient.setQueriesData<InfiniteData<Chats>>({ queryKey: ['chats', 'list'] }, (data) =>
    data && { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map(changed) })) });
  queryClient.setQueryData<Chat[]>(pinnedQuery.queryKey, (chats) => chats?.map(changed));
  queryClient.setQueryData<Chat>(['chats', 'one', id], (chat) => chat && changed(chat));
}

/** Renames, pins or archives. */
export const changeChat = mutationOptions({
  mutationFn: ({ id, ...body }: Changes) => ok(api.PATCH('/api/v1/chats/{chat_id}', { params: { path: { chat_id: id } }, body })),
  onMutate: async (changes: Changes) => {
    await queryClient.cancelQueries(ofChats);
    const before = queryClient.getQueriesData(ofChats);
    foresee(changes);
    return before;
  },
  // Not where it is asked for: the row may have gone from the list by then.
  onError: (error, _, before) => {
    for (const [queryKey, data] of before ?? []) queryClient.setQueryData(queryKey, data);
    toast({ text: errorText(error) });
  },
  onSettled: () => queryClient.invalidateQueries(ofChats),
});

/** All that are pinned, however old. */
export const pinnedQuery = queryOptions({
  queryKey: ['chats', 'pinned'],
  queryFn: async () => (await ok(api.GET('/api/v1/chats', { params: { query: { limit: 200, pinned: true } } }))).items,
});

export const archivedQuery = infiniteQueryOptions({
  queryKey: ['chats', 'archived'],
  queryFn: ({ pageParam }) => ok(api.GET('/api/v1/chats', { params: { query: { limit: 30, archived: true, ...(pageParam ? { cursor: pageParam } : {}) } } })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
  select: ({ pages }) => pages.flatMap(({ items }) => items),
});
