import { type InfiniteData, infiniteQueryOptions, mutationOptions } from '@tanstack/react-query';
import { t } from 'i18next';
import { address, api, ok, stream } from '@/api/client';
import { ApiError } from '@/api/error';
import type { Document } from '@/api/types';
import { basesQuery } from '@/features/knowledge/api';
import { queryClient } from '@/lib/query-client';

const path = (id: string) => ({ params: { path: { document_id: id } } });
const ofBase = (baseId: string) => ({ params: { path: { knowledge_base_id: baseId } } });

export const documentsQuery = (baseId: string) =>
  infiniteQueryOptions({
    queryKey: ['documents', 'of', baseId],
    queryFn: ({ pageParam }) =>
      ok(api.GET('/api/v1/knowledge-bases/{knowledge_base_id}/documents', { params: { ...ofBase(baseId).params, query: { limit: 50, ...(pageParam ? { cursor: pageParam } : {}) } } })),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });

type Pages = InfiniteData<{ items: Document[]; next_cursor?: string | null }>;

/** Shows a document as it is now, if it is in the list. */
export function showDocument(document: Document) {
  queryClient.setQueryData<Pages>(documentsQuery(document.knowledge_base_id).queryKey, (data) =>
    data && { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map((item) => (item.id === document.id ? document : item)) })) });
}

/** Documents have come or gone, and with them passages. */
export const refreshDocuments = (baseId: string) =>
  Promise.all([
    queryClient.invalidateQueries({ queryKey: documentsQuery(baseId).queryKey }),
    queryClient.invalidateQueries({ queryKey: basesQuery.queryKey }),
  ]);

export const deleteDocument = (baseId: string) =>
  mutationOptions({
    mutationFn: (id: string) => ok(api.DELETE('/api/v1/documents/{document_id}', path(id))),
    onSuccess: () => refreshDocuments(baseId),
  });

export const retryDocument = mutationOptions({
  mutationFn: (id: string) => ok(api.POST('/api/v1/documents/{document_id}/retry', path(id))),
  onSuccess: showDocument,
});

export const addAddress = (baseId: string) =>
  mutationOptions({
    mutationFn: (url: string) => ok(api.POST('/api/v1/knowledge-bases/{knowledge_base_id}/addresses', { ...ofBase(baseId), body: { url } })),
    onSuccess: () => refreshDocuments(baseId),
  });

/** How the documents of a knowledge base get on; ends when nothing is under way. */
export const documentsStream = (baseId: string, signal: AbortSignal) =>
  stream(api.GET('/api/v1/knowledge-bases/{knowledge_base_id}/documents/watch', { ...ofBase(baseId), parseAs: 'stream', signal }));

/** Where a document's own bytes are, for a while. */
export async function downloadAddress(id: string): Promise<string> {
  return address((await ok(api.GET('/api/v1/documents/{document_id}/download', path(id)))).url);
}

/** A document's text, part after part. */
export const textQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['documents', id, 'text'],
    queryFn: ({ pageParam }) => ok(api.GET('/api/v1/documents/{document_id}/text', { params: { ...path(id).params, query: { start: pageParam, limit: 20_000 } } })),
    initialPageParam: 0,
    getNextPageParam: (part) => part.next,
    select: ({ pages }) => pages.map((part) => part.text).join(''),
    staleTime: Infinity,
  });

/** How an upload gets on: which document it becomes, and how much of it is gone, 0 to 1. */
type OnProgress = (known: { documentId?: string; share?: number }) => void;

/** Announces a file, sends its bytes to the object store, and has it read. */
export async function uploadFile(baseId: string, file: File, onProgress: OnProgress, signal: AbortSignal): Promise<void> {
  if (file.size === 0) throw new ApiError(400, 'empty', () => t('upload.empty', { ns: 'knowledge' }));
  const { document, upload } = await ok(api.POST('/api/v1/knowledge-bases/{knowledge_base_id}/documents', { ...ofBase(baseId), body: { name: file.name, size: file.size }, signal }));
  onProgress({ documentId: document.id });
  try {
    await send(address(upload.url), upload.method, file, onProgress, signal);
    await ok(api.POST('/api/v1/documents/{document_id}/uploaded', { ...path(document.id), signal }));
  } catch (error) {
    await forgetDocument(document.id);
    throw error;
  }
}

/** Deletes a document whose bytes do not come, which would wait for them for a day. That it can't be reached does not matter. */
export async function forgetDocument(id: string) {
  await api.DELETE('/api/v1/documents/{document_id}', path(id)).catch(() => undefined);
}

/** So long may an upload stand still, in milliseconds. */
const PATIENCE_MS = 60_000;

/** `fetch` does not say how much of a body is gone. */
function send(url: string, method: string, body: Blob, onProgress: OnProgress, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    let timer: ReturnType<typeof setTimeout>;
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        reject(ApiError.network(new Error('the upload stands still')));
        request.abort();
      }, PATIENCE_MS);
    };
    wait();
    request.onloadend = () => { clearTimeout(timer); };
    request.upload.onprogress = ({ loaded, total }) => {
      wait();
      onProgress({ share: total > 0 ? loaded / total : 0 });
    };
    request.onload = () => {
      if (request.status < 300) resolve();
      else reject(new ApiError(request.status, 'upload_failed', () => t('upload.failed', { ns: 'knowledge' })));
    };
    request.onerror = () => { reject(ApiError.network(new Error('the upload broke off'))); };
    request.onabort = () => { reject(new DOMException('The upload was stopped.', 'AbortError')); };
    signal.addEventListener('abort', () => { request.abort(); });
    request.send(body);
  });
}
