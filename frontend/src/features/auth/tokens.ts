import { cognitoCode } from '@/features/auth/errors';
import type { StoredSession } from '@/features/auth/stored-session';
import { announce } from '@/features/auth/tabs';
import { callCognito, type Pool } from '@/features/auth/wire';

interface Refreshed {
  AuthenticationResult: { IdToken: string; AccessToken: string; RefreshToken?: string };
}

/** What Cognito says of a refresh token that is no longer good. */
const ENDED = ['NotAuthorizedException', 'RefreshTokenReuseException', 'UserNotFoundException', 'InvalidParameterException', 'PasswordResetRequiredException', 'UserNotConfirmedException'];

/** One tab at a time. Browsers have locks only where the page came by HTTPS or from this machine. */
const inTurn = <T>(work: () => Promise<T>): Promise<T> =>
  'locks' in navigator ? navigator.locks.request('mangoo-tokens', work) : work();

/** The tokens of whoever is signed in, new ones when they are needed: once for all tabs. */
export class Tokens {
  readonly #pool: Pool;
  readonly #stored: StoredSession;
  /** Requests under way, so that all who ask at a time share one. */
  readonly #asking = new Map<boolean, Promise<boolean>>();

  constructor(pool: Pool, stored: StoredSession) {
    this.#pool = pool;
    this.#stored = stored;
  }

  /**
   * A valid ID token, a new one if `fresh` asks for it; null if nobody is signed in or the session has
   * ended. Throws if Cognito cannot be reached.
   */
  async idToken(fresh = false): Promise<string | null> {
    const token = fresh ? null : this.#stored.idToken;
    if (token !== null) return token;
    return (await this.#renew(fresh)) ? this.#stored.current?.idToken ?? null : null;
  }

  /** As {@link idToken}, for what a user does with Cognito itself. */
  async accessToken(): Promise<string | null> {
    return (await this.idToken()) === null ? null : this.#stored.current?.accessToken ?? null;
  }

  /** Gets new tokens if these are past `share` of their life; false if the session has ended. */
  async keep(share: number): Promise<boolean> {
    const isDue = () => this.#stored.isPast(share);
    return isDue() ? this.#renew(true, isDue) : this.#stored.user !== null;
  }

  #renew(fresh: boolean, isDue?: () => boolean): Promise<boolean> {
    const asked = this.#asking.get(fresh);
    if (asked) return asked;
    const before = this.#stored.current?.idToken;
    const answer = inTurn(() => this.#refresh(before, fresh, isDue)).finally(() => this.#asking.delete(fresh));
    this.#asking.set(fresh, answer);
    return answer;
  }

  async #refresh(before: string | undefined, fresh: boolean, isDue = () => true): Promise<boolean> {
    const { current, user } = this.#stored;
    if (user === null) return false;
    // Another tab was quicker. What it wrote may have come one by one, and looked old before it was all there.
    if (this.#stored.idToken !== null && (!fresh || current?.idToken !== before || !isDue())) return true;
    if (!current?.refreshToken) return this.#end();
    let answer;
    try {
      // It gives a new refresh token where the pool rotates them, and works where it does not.
      answer = (await callCognito(this.#pool, 'GetTokensFromRefreshToken', { ClientId: this.#pool.client_id, RefreshToken: current.refreshToken })) as Refreshed;
    } catch (error) {
      if (!ENDED.includes(cognitoCode(error))) throw error;
      return this.#stored.current?.refreshToken === current.refreshToken ? this.#end() : this.#stored.user !== null;
    }
    // Somebody may have signed out in the meantime.
    if (this.#stored.user !== user) return this.#stored.user !== null;
    const { IdToken, AccessToken, RefreshToken } = answer.AuthenticationResult;
    this.#stored.keep({ idToken: IdToken, accessToken: AccessToken, refreshToken: RefreshToken ?? current.refreshToken });
    return true;
  }

  #end(): false {
    this.#stored.forget();
    announce('ended');
    return false;
  }
}

