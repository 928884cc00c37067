import { redirect } from '@tanstack/react-router';
import { t } from 'i18next';
import { configureApi } from '@/api/client';
import { ApiError } from '@/api/error';
import { Cognito, cognitoCode } from '@/features/auth/cognito';
import { register } from '@/features/auth/api';
import type { AppConfig } from '@/lib/config';
import { queryClient } from '@/lib/query-client';

let cognito: Cognito | null = null;

/** Sign-in, once {@link startSession} has run. */
export function auth(): Cognito {
  if (!cognito) throw new Error('startSession has not run');
  return cognito;
}

/** Connects sign-in and the API; `onExpired` shows the way to sign in again. */
export function startSession(config: AppConfig, onExpired: () => void) {
  const started = new Cognito(config);
  cognito = started;
  configureApi(config.api, {
    token: async (fresh) => {
      try {
        return await started.idToken(fresh);
      } catch (error) {
        throw ApiError.network(error);
      }
    },
    expired: onExpired,
  });
}

/** For a page that needs a user: goes to sign in, and comes back to `href` then. */
export function requireUser(href: string) {
  if (!auth().isSignedIn) throw redirect({ to: '/sign-in', search: href === '/' ? {} : { redirect: href } });
}

/** What follows every sign-in: the service gets to know the user, and nothing of another one stays. */
export async function afterSignIn() {
  queryClient.clear();
  await register();
}

export async function signOut() {
  await auth().signOut();
  queryClient.clear();
  sessionStorage.clear();
}

/** Only a path of this page: an address elsewhere must not be where a sign-in leads to. */
export const safeRedirect = (to: unknown): string | undefined =>
  typeof to === 'string' && /^\/(?![/\\])/.test(to) && !to.startsWith('/sign-') ? to : undefined;

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
