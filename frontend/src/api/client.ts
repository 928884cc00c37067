import { t } from 'i18next';
import createClient from 'openapi-fetch';
import { ApiError } from '@/api/error';
import type { paths } from '@/api/schema';

/** Where a request's token comes from, and who is told that there is none any more. */
export interface TokenSource {
  /** A valid ID token; `fresh` asks for a new one even if the old one looks valid. Null if signed out. */
  token(fresh: boolean): Promise<string | null>;
  /** The service does not accept the caller any more: time to sign in again. */
  expired(): void;
}

/** The description's paths begin with this. */
const PREFIX = '/api/v1';

let base = '';
let tokens: TokenSource = { token: () => Promise.resolve(null), expired: () => undefined };

/** `address` is where `/api/v1` is, e.g. `/api/v1` itself. */
export function configureApi(address: string, source: TokenSource) {
  base = address.replace(/\/$/, '').slice(0, -PREFIX.length);
  tokens = source;
}

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
    if (error.status === 401) tokens.expired();
    throw error;
  },
});
// Known only once the page's configuration is there.
api.use({ onRequest: ({ request }) => (base ? new Request(base + new URL(request.url).pathname + new URL(request.url).search, request) : undefined) });

async function attempt(request: Request, fresh: boolean): Promise<Response> {
  const token = await tokens.token(fresh);
  if (token === null) {
    tokens.expired();
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
export const address = (url: string) => (url.startsWith('/') ? base + url : url);
