import { t } from 'i18next';
import { configureApi } from '@/api/connection';
import { ApiError } from '@/api/error';
import { signInAddress } from '@/features/auth/addresses';
import type { Cognito } from '@/features/auth/cognito';
import { cognitoCode } from '@/features/auth/errors';
import { StoredSession } from '@/features/auth/stored-session';
import type { AppConfig } from '@/lib/config';

// Signing in, and what only those need who are, is fetched when it is needed: all pages load this.

let started: { config: AppConfig; session: StoredSession } | null = null;
let cognito: Promise<Cognito> | null = null;

function session() {
  if (!started) throw new Error('startSession has not run');
  return started;
}

/** Sign-in through Cognito. It is fetched at the first call. */
export function auth(): Promise<Cognito> {
  const { config } = session();
  cognito ??= import('@/features/auth/cognito').then(
    ({ Cognito }) => new Cognito(config),
    (error: unknown) => {
      cognito = null; // the connection may be back at the next call
      throw ApiError.network(error);
    },
  );
  return cognito;
}

export const isSignedIn = () => session().session.user !== null;

/** Connects sign-in and the API; `onExpired` shows the way to sign in again. */
export function startSession(config: AppConfig, onExpired: () => void) {
  const stored = new StoredSession(config.client_id);
  started = { config, session: stored };
  cognito = null;
  configureApi(config.api, {
    token: async (fresh) => {
      const token = fresh ? null : stored.idToken;
      if (token !== null || stored.user === null) return token;
      try {
        return await (await auth()).idToken(fresh);
      } catch (error) {
        throw error instanceof ApiError ? error : ApiError.network(error);
      }
    },
    expired: onExpired,
  });
}

/** For a page that needs a user: goes to sign in, and comes back then. */
export function requireUser(): Promise<void> {
  if (isSignedIn()) return Promise.resolve();
  location.replace(signInAddress({ redirect: location.pathname + location.search + location.hash }));
  return new Promise(() => undefined); // until the other page is there
}

/** What follows every sign-in: the service gets to know the user. */
export const afterSignIn = async () => { await (await import('@/features/auth/api')).register(); };

/** Signs out, also without a connection, and leaves for a new document, in which nothing of the user is left. */
export async function signOut() {
  await auth().then((cognito) => cognito.signOut(), () => { session().session.forget(); });
  sessionStorage.clear();
  location.replace(signInAddress({}));
}

/** What we say of the errors of Cognito, by their names. */
const sentences = {
  NotAuthorizedException: 'notAuthorized',
  // The same: it must not tell who has an account.
  UserNotFoundException: 'notAuthorized',
  UserNotConfirmedException: 'notConfirmed',
  UsernameExistsException: 'exists',
  CodeMismatchException: 'codeMismatch',
  ExpiredCodeException: 'codeExpired',
  LimitExceededException: 'tooMany',
  TooManyRequestsException: 'tooMany',
  TooManyFailedAttemptsException: 'tooMany',
  NetworkError: 'unreachable',
  SecondFactorRequired: 'secondFactor',
} as const;

const isKnown = (code: string): code is keyof typeof sentences => code in sentences;

/** A sign-in error, for a person. */
export function authMessage(error: unknown): string {
  if (error instanceof ApiError) return error.detail;
  const code = cognitoCode(error);
  if (isKnown(code)) return t(`error.${sentences[code]}`, { ns: 'auth' });
  return error instanceof Error ? error.message : t('error.unknown', { ns: 'auth' });
}
