import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Cognito } from '@/features/auth/cognito';
import { StoredSession } from '@/features/auth/stored-session';

const fetched = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
const config = { user_pool_id: 'eu-central-1_Test', client_id: 'client', cognito_endpoint: 'http://cognito.test' };
const PREFIX = 'CognitoIdentityServiceProvider.client';

const encode = (value: unknown) => btoa(JSON.stringify(value)).replaceAll('=', '');
/** A token that has `seconds` to live. */
const token = (name: string, seconds: number) => {
  const now = Math.floor(Date.now() / 1000);
  return `${encode({ alg: 'RS256' })}.${encode({ sub: 'ada', name, iat: now - 3600 + seconds, exp: now + seconds })}.signature`;
};
const signedIn = (idToken: string, drift = 0) => {
  localStorage.setItem(`${PREFIX}.LastAuthUser`, 'ada');
  localStorage.setItem(`${PREFIX}.ada.idToken`, idToken);
  localStorage.setItem(`${PREFIX}.ada.accessToken`, idToken);
  localStorage.setItem(`${PREFIX}.ada.refreshToken`, 'refresh');
  localStorage.setItem(`${PREFIX}.ada.clockDrift`, String(drift));
};
const refreshed = (idToken: string) => () =>
  Promise.resolve(new Response(JSON.stringify({ AuthenticationResult: { IdToken: idToken, AccessToken: idToken, ExpiresIn: 3600 } }), { headers: { 'content-type': 'application/x-amz-json-1.1' } }));
const refused = () =>
  Promise.resolve(new Response(JSON.stringify({ __type: 'NotAuthorizedException', message: 'Refresh Token has expired' }), { status: 400, headers: { 'content-type': 'application/x-amz-json-1.1' } }));

beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal('fetch', fetched);
  localStorage.clear();
});

describe('Cognito.idToken', () => {
  it('is null when nobody is signed in', async () => {
    expect(await new Cognito(config).idToken()).toBeNull();
  });

  it('gives the stored token while it is good, without asking anybody', async () => {
    const stored = token('stored', 600);
    signedIn(stored);
    expect(await new Cognito(config).idToken()).toBe(stored);
    expect(fetched).not.toHaveBeenCalled();
  });

  it('refreshes a token before it expires', async () => {
    signedIn(token('stored', 30));
    const next = token('next', 3600);
    fetched.mockImplementation(refreshed(next));
    const cognito = new Cognito(config);
    expect(await cognito.idToken()).toBe(next);
    expect(await cognito.idToken()).toBe(next);
    expect(fetched).toHaveBeenCalledTimes(1);
    expect(JSON.parse(fetched.mock.calls[0]?.[1].body as string)).toMatchObject({ AuthFlow: 'REFRESH_TOKEN_AUTH', AuthParameters: { REFRESH_TOKEN: 'refresh' } });
  });

  it('asks for a new one when told that the old one was refused', async () => {
    signedIn(token('stored', 600));
    const next = token('next', 3600);
    fetched.mockImplementation(refreshed(next));
    expect(await new Cognito(config).idToken(true)).toBe(next);
  });

  it('refreshes once for all who ask at the same time', async () => {
    signedIn(token('stored', -10));
    const next = token('next', 3600);
    fetched.mockImplementation(refreshed(next));
    const cognito = new Cognito(config);
    expect(await Promise.all([cognito.idToken(), cognito.idToken(), cognito.idToken()])).toEqual([next, next, next]);
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it('goes by the clock of the service, not by one that is wrong', async () => {
    const stored = token('stored', -3000);
    signedIn(stored, 3600);
    expect(await new Cognito(config).idToken()).toBe(stored);
    expect(fetched).not.toHaveBeenCalled();
  });

  it('is null when the session has ended', async () => {
    signedIn(token('stored', -10));
    fetched.mockImplementation(refused);
    expect(await new Cognito(config).idToken()).toBeNull();
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it('throws, and keeps the session, when Cognito cannot be reached', async () => {
    signedIn(token('stored', -10));
    fetched.mockRejectedValue(new TypeError('Failed to fetch'));
    const cognito = new Cognito(config);
    vi.useFakeTimers();
    const refused = expect(cognito.idToken()).rejects.toThrow('Network error');
    await vi.advanceTimersByTimeAsync(10_000);
    vi.useRealTimers();
    await refused;
    expect(new StoredSession('client').user).toBe('ada');
  });
});

describe('Cognito.signOut', () => {
  it('forgets the tokens, also when Cognito cannot be reached', async () => {
    signedIn(token('stored', 600));
    fetched.mockRejectedValue(new TypeError('Failed to fetch'));
    const cognito = new Cognito(config);
    await cognito.signOut();
    expect(new StoredSession('client').user).toBeNull();
    expect(localStorage.getItem(`${PREFIX}.ada.refreshToken`)).toBeNull();
  });
});
