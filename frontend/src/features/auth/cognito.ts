import { AuthenticationDetails, CognitoUser, CognitoUserAttribute, CognitoUserPool, type IAuthenticationCallback } from 'amazon-cognito-identity-js';
import { SecondFactorRequired } from '@/features/auth/errors';
import type { AppConfig } from '@/lib/config';

/** What is asked beyond the password. Each answer leads to the next question, or with null to a session. */
export type Challenge =
  /** The password was temporary; the attributes are those that the pool requires and has not. */
  | { kind: 'newPassword'; attributes: string[]; answer: (password: string, attributes: Record<string, string>) => Promise<Challenge | null> }
  | { kind: 'code'; answer: (code: string) => Promise<Challenge | null> }
  /** An authenticator app is to be set up with this secret, in base32. */
  | { kind: 'setUp'; secret: string; account: string; answer: (code: string) => Promise<Challenge | null> };

/** What a user sees of this page in the list of their devices. */
const DEVICE = 'Mangoo';

/** Sign-in through Cognito (SRP: the password never leaves the browser). Tokens are kept in local storage. */
export class Cognito {
  readonly #pool: CognitoUserPool;

  constructor(config: Pick<AppConfig, 'user_pool_id' | 'client_id' | 'cognito_endpoint'>) {
    this.#pool = new CognitoUserPool({
      UserPoolId: config.user_pool_id,
      ClientId: config.client_id,
      ...(config.cognito_endpoint ? { endpoint: config.cognito_endpoint } : {}),
    });
  }

  #user(email: string) {
    return new CognitoUser({ Username: email, Pool: this.#pool });
  }

  signIn(email: string, password: string): Promise<Challenge | null> {
    const user = this.#user(email);
    return step(user, email, (next) => { user.authenticateUser(new AuthenticationDetails({ Username: email, Password: password }), next); });
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
}

/** Runs one step of a sign-in, to the next question or the end. */
function step(user: CognitoUser, account: string, run: (next: IAuthenticationCallback) => void): Promise<Challenge | null> {
  return new Promise((resolve, reject) => {
    const then = (run: (next: IAuthenticationCallback) => void) => step(user, account, run);
    const unknown = () => { reject(new SecondFactorRequired()); };
    const next: IAuthenticationCallback = {
      onSuccess: () => { resolve(null); },
      onFailure: reject,
      newPasswordRequired: (_known, attributes: string[]) => {
        resolve({ kind: 'newPassword', attributes, answer: (password, given) => then((next) => { user.completeNewPasswordChallenge(password, given, next); }) });
      },
      totpRequired: () => {
        resolve({ kind: 'code', answer: (code) => then((next) => { user.sendMFACode(code, next, 'SOFTWARE_TOKEN_MFA'); }) });
      },
      mfaSetup: () => {
        user.associateSoftwareToken({
          associateSecretCode: (secret) => {
            resolve({ kind: 'setUp', secret, account, answer: (code) => then((next) => { user.verifySoftwareToken(code, DEVICE, next); }) });
          },
          onFailure: reject,
        });
      },
      // By message or by app: only the app is for this page.
      selectMFAType: () => { user.sendMFASelectionAnswer('SOFTWARE_TOKEN_MFA', { onSuccess: unknown, onFailure: reject, totpRequired: () => { next.totpRequired?.('SOFTWARE_TOKEN_MFA', {}); } }); },
      mfaRequired: unknown,
      customChallenge: unknown,
    };
    run(next);
  });
}

const settle = (work: (done: (error?: Error | null) => void) => void) =>
  new Promise<void>((resolve, reject) => { work((error) => { if (error) reject(error); else resolve(); }); });
