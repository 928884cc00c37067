/** A token is refreshed when it has less than this left, so none runs out on its way. */
export const MARGIN_S = 60;

export interface StoredTokens {
  idToken: string;
  accessToken: string;
  refreshToken: string;
}

/**
 * What amazon-cognito-identity-js keeps in local storage, without it: it is a fifth of the page's
 * code, and is fetched only to sign in.
 */
export class StoredSession {
  readonly #prefix: string;

  constructor(clientId: string) {
    this.#prefix = `CognitoIdentityServiceProvider.${clientId}`;
  }

  /** Whether anybody at all is signed in, as far as that can be told without the client's id. */
  static mayExist() {
    return Object.keys(localStorage).some((key) => /^CognitoIdentityServiceProvider\..+\.LastAuthUser$/.test(key));
  }

  /** The user's name, as Cognito has it; null if nobody is signed in. */
  get user(): string | null {
    return localStorage.getItem(`${this.#prefix}.LastAuthUser`);
  }

  /** The tokens as they are, good or not; null if nobody is signed in. */
  get current(): StoredTokens | null {
    if (this.user === null) return null;
    const read = (name: string) => localStorage.getItem(this.#key(name)) ?? '';
    return { idToken: read('idToken'), accessToken: read('accessToken'), refreshToken: read('refreshToken') };
  }

  /** The ID token, if it is good for long enough. */
  get idToken(): string | null {
    const token = this.current?.idToken ?? '';
    return expiry(token) - this.#now() > MARGIN_S ? token : null;
  }

  /** Whether the tokens have lived `share` (0 to 1) of their time. */
  isPast(share: number) {
    return this.user !== null && this.#now() >= this.#at(share);
  }

  /** In how many seconds the tokens will have lived `share` of their time. */
  secondsTo(share: number) {
    return this.#at(share) - this.#now();
  }

  /** Keeps new tokens of the same user, as the library would. */
  keep({ idToken, accessToken, refreshToken }: StoredTokens) {
    const { iat = 0 } = claims(idToken);
    const drift = Math.floor(Date.now() / 1000) - iat;
    // Other tabs see them one by one: with the new ID token all is new.
    for (const [name, value] of Object.entries({ clockDrift: String(drift), refreshToken, accessToken, idToken })) localStorage.setItem(this.#key(name), value);
  }

  /** Signs out here, without a word to Cognito. */
  forget() {
    for (const key of Object.keys(localStorage)) if (key.startsWith(`${this.#prefix}.`)) localStorage.removeItem(key);
  }

  #key(name: string) {
    return `${this.#prefix}.${this.user ?? ''}.${name}`;
  }

  /** Seconds since 1970 by the clock of the service, as far as that was found out when the tokens came. */
  #now() {
    return Date.now() / 1000 - Number(localStorage.getItem(this.#key('clockDrift')) ?? 0);
  }

  #at(share: number) {
    const { iat = 0, exp = 0 } = claims(this.current?.idToken ?? '');
    return iat + (exp - iat) * share;
  }
}

/** When a token expires, in seconds since 1970; 0 if that can't be read. */
const expiry = (token: string) => claims(token).exp ?? 0;

function claims(token: string): { iat?: number; exp?: number } {
  try {
    const payload = token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '';
    const { iat, exp } = JSON.parse(atob(payload)) as Record<string, unknown>;
    return { ...(typeof iat === 'number' ? { iat } : {}), ...(typeof exp === 'number' ? { exp } : {}) };
  } catch {
    return {};
  }
}
