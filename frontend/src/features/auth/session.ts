import { redirect } from '@tanstack/react-router';
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

const sentences: Record<string, string> = {
  NotAuthorizedException: 'The email address or the password is not right.',
  UserNotFoundException: 'The email address or the password is not right.',
  UserNotConfirmedException: 'This address has not been confirmed yet.',
  UsernameExistsException: 'There is already an account with this address.',
  CodeMismatchException: 'This code is not right. Check the newest message we sent.',
  ExpiredCodeException: 'This code has expired. Ask for a new one.',
  LimitExceededException: 'Too many attempts. Wait a few minutes and try again.',
  TooManyRequestsException: 'Too many attempts. Wait a few minutes and try again.',
  TooManyFailedAttemptsException: 'Too many attempts. Wait a few minutes and try again.',
  NetworkError: 'The sign-in service cannot be reached. Check your connection.',
};

/** A sign-in error, for a person. */
export function authMessage(error: unknown): string {
  if (error instanceof ApiError) return error.detail;
  return sentences[cognitoCode(error)] ?? (error instanceof Error ? error.message : 'Something went wrong. Try again.');
}
