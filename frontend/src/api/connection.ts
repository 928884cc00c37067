/** Where a request's token comes from, and who is told that there is none any more. */
export interface TokenSource {
  /** A valid ID token; `fresh` asks for a new one even if the old one looks valid. Null if signed out. */
  token(fresh: boolean): Promise<string | null>;
  /** The ID token that is at hand, if it is good: for what cannot wait. */
  current?(): string | null;
  /** The service does not accept the caller any more: time to sign in again. */
  expired(): void;
}

/** The description's paths begin with this. */
const PREFIX = '/api/v1';

/** How the API is reached, known once the page's configuration is there. */
export const connection = {
  /** What comes before the paths of the description. */
  base: '',
  tokens: { token: () => Promise.resolve(null), expired: () => undefined } as TokenSource,
};

/** `address` is where `/api/v1` is, e.g. `/api/v1` itself. */
export function configureApi(address: string, source: TokenSource) {
  connection.base = address.replace(/\/$/, '').slice(0, -PREFIX.length);
  connection.tokens = source;
}

/** Sends what must still go out when the page is left: nothing can be waited for then, not even the answer. */
export function sendLast(method: string, path: string) {
  const token = connection.tokens.current?.();
  if (token) void fetch(connection.base + PREFIX + path, { method, keepalive: true, headers: { Authorization: `Bearer ${token}` } }).catch(() => undefined);
}
