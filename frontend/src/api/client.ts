import { t } from 'i18next';
import createClient from 'openapi-fetch';
import { connection } from '@/api/connection';
import { ApiError } from '@/api/error';
import type { paths } from '@/api/schema';

/** The API, typed by its description. Pass a call to {@link ok}. */
export const api = createClient<paths>({
  fetch: async (request) => {
    let response = await attempt(request.clone(), false);
    if (response.status === 401) {
      void response.body?.cancel();
      response = await attempt(request, true);
    }
    if (response.ok) return response;
    const error = await ApiError.from(response);
    if (error.status === 401) connection.tokens.expired();
    throw error;
  },
});
// Known only once the page's configuration is there.
api.use({ onRequest: ({ request }) => (connection.base ? new Request(connection.base + new URL(request.url).pathname + new URL(request.url).search, request) : undefined) });

async function attempt(request: Request, fresh: boolean): Promise<Response> {
  const token = await connection.tokens.token(fresh);
  if (token === null) {
    connection.tokens.expired();
    throw new ApiError(401, 'unauthorized', () => t('error.sessionEnded'));
  }
  request.headers.set('Authorization', `Bearer ${token}`);
  try {
    return await fetch(request);
  } catch (cause) {
    if (request.signal.aborted) throw cause;
    throw ApiError.network(cause);
  }
}

/** What a call answered. It throws {@link ApiError} for anything but success, so there always is something. */
export async function ok<T>(call: Promise<{ data?: T }>): Promise<NonNullable<T>> {
  const { data } = await call;
  if (data === undefined || data === null) throw new ApiError(200, 'empty', () => t('error.answeredNothing'));
  return data;
}

export type Stream = ReadableStream<Uint8Array>;

/** The description gives the type of one event; with `parseAs: 'stream'` what comes is the body. */
export const stream = (call: Promise<{ data?: unknown }>) => ok(call) as Promise<Stream>;

/** Whole, where the service gave a path of its own. */
export const address = (url: string) => (url.startsWith('/') ? connection.base + url : url);
