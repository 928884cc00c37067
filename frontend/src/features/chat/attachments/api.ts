import { queryOptions } from '@tanstack/react-query';
import { api, ok } from '@/api/client';
import type { Attachment } from '@/api/types';

/** Sends a file, to ask with it. */
export const sendFile = (file: File): Promise<Attachment> =>
  ok(
    api.POST('/api/v1/chat/attachments', {
      params: { query: { name: file.name.slice(-255) || 'image.png' } },
      headers: { 'Content-Type': 'application/octet-stream' },
      // The description knows no bytes: they go as they are.
      body: file as unknown as number[],
      bodySerializer: (body) => body as unknown as File,
    }),
  );

/** The bytes of an attachment, which never change. */
export const fileQuery = (id: string) =>
  queryOptions({
    queryKey: ['attachment', id],
    queryFn: async () => (await ok(api.GET('/api/v1/chat/attachments/{attachment_id}', { params: { path: { attachment_id: id } }, parseAs: 'blob' }))) as unknown as Blob,
    staleTime: Infinity,
    gcTime: 60_000,
  });
