import { beforeEach, describe, expect, it, vi } from 'vitest';
import { StoredSession } from '@/features/auth/stored-session';
import { Tokens } from '@/features/auth/tokens';

const fetched = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
const pool = { region: 'eu-central-1', client_id: 'client', cognito_endpoint: 'http://cognito.test' };
const PREFIX = 'CognitoIdentityServiceProvider.client';

const encode = (value: unknown) => btoa(JSON.stringify(value)).replaceAll('=', '');
/** A token that has `seconds` to live. */
const token = (name: string, seconds: number) => {
  const now = Math.floor(Date.now() / 1000);
  return `${encode({ alg: 'RS256' })}.${encode({ sub: 'ada', name, iat: now - 3600 + seconds, exp: now + seconds })}.signature`;
};
const signedIn = (idToken: string, refreshToken = 'refresh') => {
  localStorage.setItem(`${PREFIX}.LastAuthUser`, 'ada');
  for (const [name, value] of Object.entries({ idToken, accessToken: `access of ${idToken}`, refreshToken, clockDrift: '0' })) localStorage.setItem(`${PREFIX}.ada.${name}`, value);
};
const stored = (name: string) => localStorage.getItem(`${PREFIX}.ada.${name}`);
const answered = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/x-amz-json-1.1' } });
const refreshed = (idToken: string, more = {}) => () => Promise.resolve(answered({ AuthenticationResult: { IdToken: idToken, AccessToken: `access of ${idToken}`, ExpiresIn: 3600, ...more } }));
const refused = (__type = 'NotAuthorizedException') => () => Promise.resolve(answered({ __type, message: 'Refresh Token has been revoked' }, 400));

/** What each tab of a browser has of its own. */
const tab = () => new Tokens(pool, new StoredSession('client'));

/** Browsers' locks, or something as good. */
function locks() {
  let last: Promise<unknown> = Promise.resolve();
  const request = (_name: string, work: () => Promise<unknown>) => {
    const result = last.then(work);
    last = result.catch(() => undefined);
    return result;
  };
  vi.stubGlobal('navigator', { languages: ['en'], locks: { request } });
}

beforeEach(() => {
  fetched.mockReset();
  vi.stubGlobal('fetch', fetched);
  locks();
  localStorage.clear();
});

describe('Tokens', () => {
  it('has none when nobody is signed in', async () => {
    expect(await tab().idToken()).toBeNull();
    expect(fetched).not.toHaveBeenCalled();
  });

  it('gives the stored ones while they are good, without asking anybody', async () => {
    const good = token('stored', 600);
    signedIn(good);
    expect(await tab().idToken()).toBe(good);
    expect(await tab().accessToken()).toBe(`access of ${good}`);
    expect(fetched).not.toHaveBeenCalled();
  });

  it('asks for new ones before they expire', async () => {
    signedIn(token('stored', 30));
    const next = token('next', 3600);
    fetched.mockImplementation(refreshed(next));
    const tokens = tab();
    expect(await tokens.idToken()).toBe(next);
    expect(await tokens.accessToken()).toBe(`access of ${next}`);
    expect(fetched).toHaveBeenCalledTimes(1);
    const [url, init] = fetched.mock.calls[0] ?? [];
    expect(url).toBe('http://cognito.test');
    expect(init?.headers).toMatchObject({ 'X-Amz-Target': 'AWSCognitoIdentityProviderService.GetTokensFromRefreshToken' });
    expect(JSON.parse(init?.body as string)).toEqual({ ClientId: 'client', RefreshToken: 'refresh' });
    expect(stored('refreshToken')).toBe('refresh');
  });

  it('asks for new ones when told that the service refused the old ones', async () => {
    signedIn(token('stored', 600));
    const next = token('next', 3600);
    fetched.mockImplementation(refreshed(next));
    expect(await tab().idToken(true)).toBe(next);
  });

  it('keeps the refresh token that takes the place of the one before', async () => {
    signedIn(token('stored', -10));
    fetched.mockImplementation(refreshed(token('next', 3600), { RefreshToken: 'rotated' }));
    await tab().idToken();
    expect(stored('refreshToken')).toBe('rotated');
  });

  it('asks once for all tabs, and all that ask in one', async () => {
    signedIn(token('stored', -10));
    const next = token('next', 3600);
    fetched.mockImplementation(refreshed(next, { RefreshToken: 'rotated' }));
    const [one, other] = [tab(), tab()];
    expect(await Promise.all([one.idToken(), one.idToken(), other.idToken(), other.idToken(true)])).toEqual([next, next, next, next]);
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it.each(['NotAuthorizedException', 'RefreshTokenReuseException', 'UserNotFoundException'])('ends the session, for all tabs, on %s', async (type) => {
    signedIn(token('stored', -10));
    fetched.mockImplementation(refused(type));
    expect(await tab().idToken()).toBeNull();
    expect(localStorage.getItem(`${PREFIX}.LastAuthUser`)).toBeNull();
    expect(localStorage.getItem('mangoo-session')).toMatch(/^ended /);
  });

  it('ends the session that has no refresh token', async () => {
    signedIn(token('stored', -10), '');
    expect(await tab().idToken()).toBeNull();
    expect(fetched).not.toHaveBeenCalled();
  });

  it.each([['is busy', refused('TooManyRequestsException')], ['cannot be reached', () => Promise.reject(new TypeError('Failed to fetch'))]])('throws, and keeps the session, when Cognito %s', async (_, answer) => {
    signedIn(token('stored', -10));
    fetched.mockImplementation(answer);
    await expect(tab().idToken()).rejects.toThrow();
    expect(stored('refreshToken')).toBe('refresh');
  });

  it('does not bring back who has signed out in the meantime', async () => {
    signedIn(token('stored', -10));
    fetched.mockImplementation(() => {
      new StoredSession('client').forget();
      return refreshed(token('next', 3600))();
    });
    expect(await tab().idToken()).toBeNull();
    expect(localStorage.getItem(`${PREFIX}.LastAuthUser`)).toBeNull();
  });

  it('works without locks, as on a page that came by plain HTTP', async () => {
    vi.stubGlobal('navigator', { languages: ['en'] });
    signedIn(token('stored', -10));
    const next = token('next', 3600);
    fetched.mockImplementation(refreshed(next));
    expect(await tab().idToken()).toBe(next);
  });

  it('goes by the clock of the service after a refresh', async () => {
    signedIn(token('stored', -10));
    vi.useFakeTimers({ now: Date.now() + 7_200_000 });
    const late = token('next', 3600 - 7200);
    fetched.mockImplementation(refreshed(late));
    expect(await tab().idToken()).toBe(late);
    expect(await tab().idToken()).toBe(late);
    vi.useRealTimers();
    expect(fetched).toHaveBeenCalledTimes(1);
  });
});
