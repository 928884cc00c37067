import { infiniteQueryOptions, mutationOptions, queryOptions } from '@tanstack/react-query';
import { api, ok, type Stream, stream } from '@/api/client';
import type { Ask, History, Message } from '@/api/types';
import { queryClient } from '@/lib/query-client';

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

const refresh = () => queryClient.invalidateQueries({ queryKey: ['chats'] });

export const renameChat = mutationOptions({
  mutationFn: ({ id, title }: { id: string; title: string }) => ok(api.PATCH('/api/v1/chats/{chat_id}', { ...path(id), body: { title } })),
  onSuccess: refresh,
});

export const deleteChat = mutationOptions({
  mutationFn: (id: string) => ok(api.DELETE('/api/v1/chats/{chat_id}', path(id))),
  onSuccess: refresh,
});

const ofMessage = (id: string) => ({ params: { path: { message_id: id } } });

/** Shows the branch that leads through a message. */
export const showBranch = mutationOptions({
  mutationFn: ({ chatId, messageId }: { chatId: string; messageId: string }) =>
    ok(api.PUT('/api/v1/chats/{chat_id}/branch', { ...path(chatId), body: { message_id: messageId } })),
  onSuccess: (_, { chatId }) => queryClient.invalidateQueries({ queryKey: historyQuery(chatId).queryKey }),
});

/** Keeps what the user thinks of an answer; null takes it back. */
export const rateAnswer = mutationOptions({
  mutationFn: async ({ id, feedback }: { id: string; chatId: string; feedback?: Message['feedback'] }): Promise<void> => {
    const call = '/api/v1/chat/messages/{message_id}/feedback' as const;
    if (feedback) await ok(api.PUT(call, { ...ofMessage(id), body: feedback }));
    else await ok(api.DELETE(call, ofMessage(id)));
  },
  onSuccess: (_, { chatId, id, feedback }) => {
    queryClient.setQueryData<History>(historyQuery(chatId).queryKey, (history) =>
      history && { ...history, messages: history.messages.map((message) => (message.id === id ? { ...message, feedback: feedback ?? null } : message)) });
  },
});

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
