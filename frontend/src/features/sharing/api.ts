import { mutationOptions, queryOptions } from '@tanstack/react-query';
import { api, ok } from '@/api/client';
import type { ExportedChat, Share } from '@/api/types';
import { queryClient } from '@/lib/query-client';

export const sharesQuery = (chatId: string) =>
  queryOptions({
    queryKey: ['shares', chatId],
    queryFn: async () => (await ok(api.GET('/api/v1/chats/{chat_id}/shares', { params: { path: { chat_id: chatId } } }))).items,
  });

/** The chat that a link opens. */
export const sharedQuery = (token: string) =>
  queryOptions({
    queryKey: ['shared', token],
    queryFn: () => ok(api.GET('/api/v1/shared/{token}', { params: { path: { token } } })),
    staleTime: Infinity,
  });

const refresh = (chatId: string) => queryClient.invalidateQueries({ queryKey: sharesQuery(chatId).queryKey });

export const shareChat = mutationOptions({
  mutationFn: ({ chatId, days }: { chatId: string; days: number }) =>
    ok(api.POST('/api/v1/chats/{chat_id}/shares', { params: { path: { chat_id: chatId } }, body: { expires_in_days: days } })),
  onSuccess: ({ chat_id }: Share) => refresh(chat_id),
});

export const revokeShare = mutationOptions({
  mutationFn: (share: Share) => ok(api.DELETE('/api/v1/shares/{share_id}', { params: { path: { share_id: share.id } } })),
  onSettled: (_, __, { chat_id }) => refresh(chat_id),
});

/** Where a share can be read. */
export const addressOf = ({ token }: Share) => `${location.origin}/shared/${token}`;

export type Format = 'markdown' | 'json';

/** Saves a chat as a file that is called as the chat is. */
export async function downloadChat({ id, title }: { id: string; title: string }, format: Format) {
  const text = (await ok(
    api.GET('/api/v1/chats/{chat_id}/export', { params: { path: { chat_id: id }, query: { format } }, parseAs: 'text' }),
  )) as unknown as string;
  const url = URL.createObjectURL(new Blob([text], { type: format === 'json' ? 'application/json' : 'text/markdown' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: fileName(title, format) });
  link.click();
  // The browser has taken it by then.
  setTimeout(() => { URL.revokeObjectURL(url); }, 10_000);
}

/** What no file system takes becomes a space. */
export const fileName = (title: string, format: Format) =>
  `${title.replaceAll(/[\\/:*?"<>|\p{Cc}]+/gu, ' ').trim().slice(0, 80) || 'chat'}.${format === 'json' ? 'json' : 'md'}`;

/** Why a file was not taken in: `unreadable` before the service saw it. */
export class NoExport extends Error {
  override name = 'NoExport';
}

export const importChat = mutationOptions({
  mutationFn: async (file: File) => {
    let body: ExportedChat;
    try {
      body = JSON.parse(await file.text()) as ExportedChat;
    } catch {
      throw new NoExport(file.name);
    }
    return ok(api.POST('/api/v1/chats/import', { body }));
  },
  onSuccess: () => queryClient.invalidateQueries({ queryKey: ['chats'] }),
});
