/** A token is refreshed when it has less than this left, so none runs out on its way. */
export const MARGIN_S = 60;

/**
 * What amazon-cognito-identity-js keeps in local storage, read without it: it is a fifth of the page's
 * code, and is fetched only to sign in, to get new tokens and to sign out.
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

  /** The ID token, if it is good for long enough. */
  get idToken(): string | null {
    const user = this.user;
    if (user === null) return null;
    const stored = (name: string) => localStorage.getItem(`${this.#prefix}.${user}.${name}`);
    const token = stored('idToken');
    // By the clock of the service, as far as the library has found out.
    const now = Date.now() / 1000 - Number(stored('clockDrift') ?? 0);
    return token !== null && expiry(token) - now > MARGIN_S ? token : null;
  }

  /** Signs out here, without a word to Cognito. */
  forget() {
    for (const key of Object.keys(localStorage)) if (key.startsWith(`${this.#prefix}.`)) localStorage.removeItem(key);
  }
}

/** When a token expires, in seconds since 1970; 0 if that can't be read. */
function expiry(token: string): number {
  try {
    const payload = token.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? '';
    const { exp } = JSON.parse(atob(payload)) as { exp?: unknown };
    return typeof exp === 'number' ? exp : 0;
  } catch {
    return 0;
  }
}
