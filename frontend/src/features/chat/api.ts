import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ok, type Stream, stream } from '@/api/client';
import type { Ask, History } from '@/api/types';
import { queryClient } from '@/lib/query-client';

export const chatsPage = (cursor?: string | null) => ok(api.GET('/api/v1/chats', { params: { query: { limit: 30, ...(cursor ? { cursor } : {}) } } }));

export const chatsQuery = infiniteQueryOptions({
  queryKey: ['chats', 'list'],
  queryFn: ({ pageParam }) => chatsPage(pageParam),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
  select: ({ pages }) => pages.flatMap(({ items }) => items),
});

const path = (id: string) => ({ params: { path: { chat_id: id } } });

export const chatQuery = (id: string) =>
  queryOptions({ queryKey: ['chats', 'one', id], queryFn: () => ok(api.GET('/api/v1/chats/{chat_id}', path(id))) });

/** Messages that are fetched at once. */
const PAGE = 100;

/** The newest messages of a chat, and those before them that were asked for. */
export interface LoadedHistory extends History {
  hasOlder?: boolean;
}

const historyPage = (id: string, before?: string) =>
  ok(api.GET('/api/v1/chat/history/{chat_id}', { params: { path: { chat_id: id }, query: { limit: PAGE, ...(before === undefined ? {} : { before }) } } }));

/** Fetched again, it keeps what is older than a page. */
export const historyQuery = (id: string) =>
  queryOptions({
    queryKey: ['history', id],
    queryFn: async (): Promise<LoadedHistory> => {
      const page = await historyPage(id);
      const known = queryClient.getQueryData<LoadedHistory>(['history', id]);
      const joint = known?.messages.findIndex((message) => message.id === page.messages[0]?.id) ?? -1;
      if (!known || joint <= 0) return { ...page, hasOlder: page.messages.length >= PAGE };
      return { ...page, messages: [...known.messages.slice(0, joint), ...page.messages], hasOlder: known.hasOlder ?? false };
    },
  });

/** Puts a page of older messages before those of a chat that are there. */
export async function loadOlder(id: string): Promise<void> {
  const { queryKey } = historyQuery(id);
  const first = queryClient.getQueryData<LoadedHistory>(queryKey)?.messages[0]?.id;
  if (first === undefined) return;
  const page = await historyPage(id, first);
  queryClient.setQueryData<LoadedHistory>(queryKey, (known) =>
    known?.messages[0]?.id === first ? { ...known, messages: [...page.messages, ...known.messages], hasOlder: page.messages.length >= PAGE } : known);
}

export const chatSearchQuery = (q: string) =>
  queryOptions({
    queryKey: ['chats', 'search', q],
    queryFn: ({ signal }) => ok(api.GET('/api/v1/chats/search', { params: { query: { q, limit: 20 } }, signal })),
  });

const ofMessage = (id: string) => ({ params: { path: { message_id: id } } });

/** Asks; the stream of the answer, once the service has taken the question. */
export const askStream = (question: Ask): Promise<Stream> => stream(api.POST('/api/v1/chat/stream', { body: question, parseAs: 'stream' }));

/** Has a question answered again; the stream of the new answer, which is an alternative to `answerId`. */
export const askAgainStream = (answerId: string, bot: { bot_id: string; use_rag: boolean }): Promise<Stream> =>
  stream(api.POST('/api/v1/chat/messages/{message_id}/regenerate', { ...ofMessage(answerId), body: bot, parseAs: 'stream' }));

/** An answer's stream again, after the event with this id; null for all of it. */
export const answerStream = (messageId: string, lastEventId: string | null): Promise<Stream> =>
  stream(
    api.GET('/api/v1/chat/streams/{message_id}', {
      params: { path: { message_id: messageId }, ...(lastEventId === null ? {} : { header: { 'Last-Event-ID': Number(lastEventId) } }) },
      parseAs: 'stream',
    }),
  );

export const stopAnswer = (messageId: string) => ok(api.POST('/api/v1/chat/streams/{message_id}/stop', ofMessage(messageId)));
