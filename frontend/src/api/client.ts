import { ApiError } from '@/api/error';

/** Where a request's token comes from, and who is told that there is none any more. */
export interface TokenSource {
  /** A valid ID token; `fresh` asks for a new one even if the old one looks valid. Null if signed out. */
  token(fresh: boolean): Promise<string | null>;
  /** The service does not accept the caller any more: time to sign in again. */
  expired(): void;
}

let base = '/api/v1';
let tokens: TokenSource = { token: () => Promise.resolve(null), expired: () => undefined };

export function configureApi(address: string, source: TokenSource) {
  base = address.replace(/\/$/, '');
  tokens = source;
}

export interface RequestOptions {
  query?: Record<string, string | number | boolean | null | undefined>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Sends with the caller's token; a 401 is tried once more with a fresh one. Throws {@link ApiError}. */
export async function send(method: string, path: string, options: RequestOptions = {}): Promise<Response> {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(options.query ?? {})) {
    if (value !== null && value !== undefined) query.set(name, String(value));
  }
  const url = base + path + (query.size > 0 ? `?${query}` : '');
  let response = await attempt(method, url, options, false);
  if (response.status === 401) {
    void response.body?.cancel();
    response = await attempt(method, url, options, true);
  }
  if (response.ok) return response;
  const error = await ApiError.from(response);
  if (error.status === 401) tokens.expired();
  throw error;
}

async function attempt(method: string, url: string, options: RequestOptions, fresh: boolean): Promise<Response> {
  const token = await tokens.token(fresh);
  if (token === null) {
    tokens.expired();
    throw new ApiError(401, 'unauthorized', 'Your session has ended. Sign in again.');
  }
  const headers: Record<string, string> = { ...options.headers, Authorization: `Bearer ${token}` };
  const init: RequestInit = { method, headers, signal: options.signal ?? null };
  if (options.body !== undefined) {
    headers['Content-Type'] = 'application/json';
    init.body = JSON.stringify(options.body);
  }
  try {
    return await fetch(url, init);
  } catch (cause) {
    if (options.signal?.aborted) throw cause;
    throw ApiError.network(cause);
  }
}

/** A request whose answer is JSON. */
export async function call<T>(method: string, path: string, options?: RequestOptions): Promise<T> {
  const response = await send(method, path, options);
  return (await response.json()) as T;
}
