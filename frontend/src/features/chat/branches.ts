import { mutationOptions } from '@tanstack/react-query';
import { api, ok } from '@/api/client';
import type { Message } from '@/api/types';
import { historyQuery, type LoadedHistory } from '@/features/chat/api';
import { queryClient } from '@/lib/query-client';

/** Shows the branch that leads through a message. */
export const showBranch = mutationOptions({
  mutationFn: ({ chatId, messageId }: { chatId: string; messageId: string }) =>
    ok(api.PUT('/api/v1/chats/{chat_id}/branch', { params: { path: { chat_id: chatId } }, body: { message_id: messageId } })),
  onSuccess: (_, { chatId }) => queryClient.invalidateQueries({ queryKey: historyQuery(chatId).queryKey }),
});

/** Keeps what the user thinks of an answer; null takes it back. */
export const rateAnswer = mutationOptions({
  mutationFn: async ({ id, feedback }: { id: string; chatId: string; feedback?: Message['feedback'] }): Promise<void> => {
    const call = '/api/v1/chat/messages/{message_id}/feedback' as const;
    const path = { params: { path: { message_id: id } } };
    if (feedback) await ok(api.PUT(call, { ...path, body: feedback }));
    else await ok(api.DELETE(call, path));
  },
  onSuccess: (_, { chatId, id, feedback }) => {
    queryClient.setQueryData<LoadedHistory>(historyQuery(chatId).queryKey, (history) =>
      history && { ...history, messages: history.messages.map((message) => (message.id === id ? { ...message, feedback: feedback ?? null } : message)) });
  },
});
