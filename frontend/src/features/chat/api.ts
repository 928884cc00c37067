import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { api, ok, type Stream, stream } from '@/api/client';
import type { Ask } from '@/api/types';

export const chatsQuery = infiniteQueryOptions({
  queryKey: ['chats', 'list'],
  queryFn: ({ pageParam }) => ok(api.GET('/api/v1/chats', { params: { query: { limit: 30, ...(pageParam ? { cursor: pageParam } : {}) } } })),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
  select: ({ pages }) => pages.flatMap(({ items }) => items),
});

const path = (id: string) => ({ params: { path: { chat_id: id } } });

export const chatQuery = (id: string) =>
  queryOptions({ queryKey: ['chats', 'one', id], queryFn: () => ok(api.GET('/api/v1/chats/{chat_id}', path(id))) });

export const historyQuery = (id: string) =>
  queryOptions({ queryKey: ['history', id], queryFn: () => ok(api.GET('/api/v1/chat/history/{chat_id}', path(id))) });

export const chatSearchQuery = (q: string) =>
  queryOptions({
    queryKey: ['chats', 'search', q],
    queryFn: async ({ signal }) => (await ok(api.GET('/api/v1/chats/search', { params: { query: { q, limit: 20 } }, signal }))).items,
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
