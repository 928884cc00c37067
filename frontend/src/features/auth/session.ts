import { t } from 'i18next';
import { configureApi } from '@/api/connection';
import { ApiError } from '@/api/error';
import { signInAddress } from '@/features/auth/addresses';
import type { Cognito } from '@/features/auth/cognito';
import { cognitoCode } from '@/features/auth/errors';
import { keepFresh } from '@/features/auth/keep-fresh';
import { StoredSession } from '@/features/auth/stored-session';
import { announce, followTabs } from '@/features/auth/tabs';
import { Tokens } from '@/features/auth/tokens';
import { callCognito } from '@/features/auth/wire';
import type { AppConfig } from '@/lib/config';

// Signing in, and what only those need who are, is fetched when it is needed: all pages load this.

interface Started {
  config: AppConfig;
  stored: StoredSession;
  tokens: Tokens;
  onExpired: () => void;
}

let started: Started | null = null;
/** The user whose pages these are; null before the sign-in. */
let owner: string | null = null;
/** Another document is on its way, for nobody or for somebody else. */
let isGone = false;
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

/** Whether the page goes whatever is not saved on it. */
export const isLeaving = () => isGone;

export const isSignedIn = () => session().stored.user !== null;

/** Connects sign-in and the API; `onExpired` shows the way to sign in again. */
export function startSession(config: AppConfig, onExpired: () => void) {
  const stored = new StoredSession(config.client_id);
  const tokens = new Tokens(config, stored);
  started = { config, stored, tokens, onExpired };
  owner = null;
  isGone = false;
  cognito = null;
  configureApi(config.api, {
    token: async (fresh) => {
      await nobodyElse();
      try {
        const token = await tokens.idToken(fresh);
        // That may have taken a while.
        await nobodyElse();
        return token;
      } catch (error) {
        throw ApiError.network(error);
      }
    },
    current: () => (isOwn() ? stored.idToken : null),
    expired: onExpired,
  });
}

const isOwn = () => owner === null || session().stored.user === owner;

/** What is asked on one user's page is never asked for another, who has signed in elsewhere meanwhile. */
function nobodyElse(): Promise<void> {
  if (session().stored.user !== null && !isOwn()) startAnew();
  return isGone ? new Promise(() => undefined) : Promise.resolve();
}

/** For pages of somebody who is signed in: renews the tokens, and leaves when another tab signs out. */
export function stayInStep() {
  const { stored, tokens, onExpired } = session();
  owner = stored.user;
  forgetOthers();
  keepFresh(stored, tokens, onExpired);
  followTabs((news) => {
    if (news === 'ended') onExpired();
    if (news === 'signed-out') leave();
    if (news === 'signed-in') void nobodyElse();
  });
  // A tab that was asleep may not hear of that, and must not show one user what another has asked.
  document.addEventListener('visibilitychange', () => {
    // A page that is left is hidden too, with what was typed there for when its user is back.
    if (document.visibilityState === 'hidden') return;
    if (stored.user === null) leave();
    else void nobodyElse();
  });
}

/** For a page that needs a user: goes to sign in, and comes back then. */
export function requireUser(): Promise<void> {
  if (isSignedIn()) return Promise.resolve();
  location.replace(signInAddress({ redirect: location.pathname + location.search + location.hash }));
  return new Promise(() => undefined); // until the other page is there
}

/** What follows every sign-in: the service gets to know the user, and other tabs go on too. */
export async function afterSignIn() {
  try {
    await (await import('@/features/auth/api')).register();
  } catch (error) {
    // Who is not known yet is registered by the first page, too: only a refusal has to be seen here.
    if (error instanceof ApiError && !error.isTemporary && error.status < 500) throw error;
  }
  announce('signed-in');
}

/** What a signed-in user asks of Cognito itself, such as a new password. */
export async function callAsUser(action: string, body: object): Promise<unknown> {
  const { config, stored, tokens, onExpired } = session();
  await nobodyElse();
  const AccessToken = await tokens.accessToken();
  await nobodyElse();
  if (AccessToken === null) {
    onExpired();
    throw new ApiError(401, 'unauthorized', () => t('error.sessionEnded'));
  }
  return callCognito(config, action, { ...body, AccessToken }).catch((error: unknown) => {
    // Somebody signed out everywhere, somewhere else.
    if (cognitoCode(error) === 'NotAuthorizedException' && error instanceof Error && /access token/i.test(error.message)) {
      stored.forget();
      announce('ended');
      onExpired();
    }
    throw error;
  });
}

/** Has new tokens say what has changed of the user. */
export const renewTokens = () => session().tokens.idToken(true);

const farewells = new Set<() => void>();

/** Has something done while the user is still signed in, and about to be no more. */
export function beforeSignOut(work: () => void) {
  farewells.add(work);
}

/** Signs out here at once, also without a connection, or everywhere, and leaves for a new document, in which nothing of the user is left. */
export async function signOut({ everywhere = false } = {}) {
  const { config, stored } = session();
  if (everywhere) await callAsUser('GlobalSignOut', {});
  for (const work of farewells) work();
  if (!everywhere) callCognito(config, 'RevokeToken', { ClientId: config.client_id, Token: stored.current?.refreshToken }).catch(() => undefined);
  stored.forget();
  announce('signed-out');
  leave();
}

function leave() {
  isGone = true;
  sessionStorage.clear();
  location.replace(signInAddress({}));
}

function startAnew() {
  isGone = true;
  location.reload();
}

const OWNER = 'mangoo-user';

/** What a tab has kept, such as what was typed, is for the one who comes back to it, not for the next. */
function forgetOthers() {
  if (owner === null) return;
  try {
    if (sessionStorage.getItem(OWNER) !== owner) sessionStorage.clear();
    sessionStorage.setItem(OWNER, owner);
  } catch {
    // A browser that blocks storage has kept nothing.
  }
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
  ChallengeOver: 'challengeOver',
  InvalidPasswordException: 'invalidPassword',
  PasswordHistoryPolicyViolationException: 'usedPassword',
  InvalidParameterException: 'invalidParameter',
  CodeDeliveryFailureException: 'notDelivered',
  CodeUsed: 'codeUsed',
  CodeWrong: 'codeWrong',
} as const;

const isKnown = (code: string): code is keyof typeof sentences => code in sentences;

/** A sign-in error, for a person. */
export function authMessage(error: unknown): string {
  if (error instanceof ApiError) return error.detail;
  const code = cognitoCode(error);
  if (isKnown(code)) return t(`error.${sentences[code]}`, { ns: 'auth' });
  return error instanceof Error ? error.message : t('error.unknown', { ns: 'auth' });
}
