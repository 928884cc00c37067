import { AuthenticationDetails, CognitoUser, CognitoUserAttribute, CognitoUserPool, type CognitoUserSession } from 'amazon-cognito-identity-js';
import { cognitoCode, NewPasswordRequired, SecondFactorRequired } from '@/features/auth/errors';
import { MARGIN_S } from '@/features/auth/stored-session';
import type { AppConfig } from '@/lib/config';

/** Sign-in through Cognito (SRP: the password never leaves the browser). Tokens are kept in local storage. */
export class Cognito {
  readonly #pool: CognitoUserPool;
  /** Requests for a token under way, so that all who ask at a time share one. */
  readonly #asking = new Map<boolean, Promise<string | null>>();

  constructor(config: Pick<AppConfig, 'user_pool_id' | 'client_id' | 'cognito_endpoint'>) {
    this.#pool = new CognitoUserPool({
      UserPoolId: config.user_pool_id,
      ClientId: config.client_id,
      ...(config.cognito_endpoint ? { endpoint: config.cognito_endpoint } : {}),
    });
    failAtOnce(this.#pool);
  }

  #user(email: string) {
    return new CognitoUser({ Username: email, Pool: this.#pool });
  }

  signIn(email: string, password: string): Promise<void> {
    const user = this.#user(email);
    return new Promise((resolve, reject) => {
      user.authenticateUser(new AuthenticationDetails({ Username: email, Password: password }), {
        onSuccess: () => { resolve(); },
        onFailure: reject,
        newPasswordRequired: () => {
          reject(new NewPasswordRequired((chosen) =>
            new Promise((done, fail) => {
              user.completeNewPasswordChallenge(chosen, {}, { onSuccess: () => { done(); }, onFailure: fail });
            })));
        },
        mfaRequired: () => { reject(new SecondFactorRequired()); },
        totpRequired: () => { reject(new SecondFactorRequired()); },
      });
    });
  }

  signUp(email: string, password: string, fullName: string): Promise<void> {
    const attributes = [new CognitoUserAttribute({ Name: 'email', Value: email })];
    if (fullName) attributes.push(new CognitoUserAttribute({ Name: 'name', Value: fullName }));
    return new Promise((resolve, reject) => {
      this.#pool.signUp(email, password, attributes, [], (error) => { if (error) reject(error); else resolve(); });
    });
  }

  confirm(email: string, code: string): Promise<void> {
    return settle((done) => { this.#user(email).confirmRegistration(code, true, done); });
  }

  resendCode(email: string): Promise<void> {
    return settle((done) => { this.#user(email).resendConfirmationCode(done); });
  }

  forgotPassword(email: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#user(email).forgotPassword({ onSuccess: () => { resolve(); }, onFailure: reject, inputVerificationCode: () => { resolve(); } });
    });
  }

  resetPassword(email: string, code: string, password: string): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#user(email).confirmPassword(code, password, { onSuccess: () => { resolve(); }, onFailure: reject });
    });
  }

  /**
   * A valid ID token, refreshed if it is about to expire or if `fresh` asks for it; null if nobody is
   * signed in or the session has ended. Throws if Cognito cannot be reached.
   */
  idToken(fresh = false): Promise<string | null> {
    const asked = this.#asking.get(fresh);
    if (asked) return asked;
    const answer = this.#obtain(fresh).finally(() => this.#asking.delete(fresh));
    this.#asking.set(fresh, answer);
    return answer;
  }

  async #obtain(fresh: boolean): Promise<string | null> {
    const user = this.#pool.getCurrentUser();
    const session = user && (await this.#session(user));
    if (!session) return null;
    // The typings leave out the method.
    const { getClockDrift } = session as CognitoUserSession & { getClockDrift: () => number };
    const now = Date.now() / 1000 - getClockDrift.call(session);
    const isFresh = session.getIdToken().getExpiration() - now > MARGIN_S;
    return isFresh && !fresh ? session.getIdToken().getJwtToken() : this.#refresh(user, session);
  }

  #session(user: CognitoUser): Promise<CognitoUserSession | null> {
    return new Promise((resolve, reject) => {
      user.getSession((error: Error | null, session: CognitoUserSession | null) => {
        if (session) resolve(session);
        else if (!error || hasEnded(error)) resolve(null);
        else reject(error);
      });
    });
  }

  #refresh(user: CognitoUser, session: CognitoUserSession): Promise<string | null> {
    return new Promise((resolve, reject) => {
      user.refreshSession(session.getRefreshToken(), (error: Error | null, next: CognitoUserSession | null) => {
        if (next) resolve(next.getIdToken().getJwtToken());
        else if (!error || hasEnded(error)) resolve(null);
        else reject(error);
      });
    });
  }

  /** Has Cognito revoke the tokens, if it can be reached within three seconds, and forgets them. */
  async signOut(): Promise<void> {
    const user = this.#pool.getCurrentUser();
    if (!user) return;
    await Promise.race([
      new Promise<void>((resolve) => { user.signOut(() => { resolve(); }); }),
      new Promise((resolve) => setTimeout(resolve, 3000)),
    ]);
    user.signOut();
  }
}

/**
 * The library tries every failed refresh again for six seconds, also one that Cognito refused for good;
 * the user should not wait for that. It leaves alone errors with this mark.
 */
function failAtOnce(pool: CognitoUserPool) {
  type Callback = (error: Error | null, data?: unknown) => void;
  const { client } = pool as unknown as { client: { request: (operation: string, parameters: unknown, done: Callback) => void } };
  const request = client.request.bind(client);
  client.request = (operation, parameters, done) => {
    request(operation, parameters, (error, data) => {
      if (error && cognitoCode(error) === 'NotAuthorizedException') Object.assign(error, { nonRetryable: true });
      done(error, data);
    });
  };
}

/** Cognito says that the refresh token is no longer good, or the library that there is none. */
const hasEnded = (error: Error) =>
  ['NotAuthorizedException', 'UserNotFoundException', 'InvalidParameterException'].includes(cognitoCode(error)) ||
  /cannot retrieve a new session|not authenticated|local storage is missing/i.test(error.message);

const settle = (work: (done: (error?: Error | null) => void) => void) =>
  new Promise<void>((resolve, reject) => { work((error) => { if (error) reject(error); else resolve(); }); });
