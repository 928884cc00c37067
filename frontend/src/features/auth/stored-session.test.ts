import { CognitoIdToken, CognitoUserPool, type CognitoUserSession } from 'amazon-cognito-identity-js';
import { beforeEach, describe, expect, it } from 'vitest';
import { StoredSession } from '@/features/auth/stored-session';

const PREFIX = 'CognitoIdentityServiceProvider.client';

const base64url = (value: unknown) =>
  btoa(String.fromCodePoint(...new TextEncoder().encode(JSON.stringify(value)))).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
const token = (seconds: number) => {
  const now = Math.floor(Date.now() / 1000);
  // Its base64 has the signs that only base64url writes otherwise.
  return `${base64url({ alg: 'RS256' })}.${base64url({ name: 'Zoë ?>?>?>', iat: now - 3600 + seconds, exp: now + seconds })}.signature`;
};
const store = (values: Record<string, string>) => {
  localStorage.setItem(`${PREFIX}.LastAuthUser`, 'ada');
  for (const [name, value] of Object.entries(values)) localStorage.setItem(`${PREFIX}.ada.${name}`, value);
};
const session = new StoredSession('client');

beforeEach(() => { localStorage.clear(); });

describe('StoredSession', () => {
  it('is nobody’s without a user', () => {
    expect(StoredSession.mayExist()).toBe(false);
    expect(session.user).toBeNull();
    expect(session.idToken).toBeNull();
  });

  it('reads what the library wrote', async () => {
    const idToken = token(600);
    expect(new CognitoIdToken({ IdToken: idToken }).getExpiration()).toBeGreaterThan(0);
    store({ idToken, accessToken: idToken, refreshToken: 'refresh', clockDrift: '0' });
    expect(StoredSession.mayExist()).toBe(true);
    expect(session.user).toBe('ada');
    expect(session.idToken).toBe(idToken);
    const library = new CognitoUserPool({ UserPoolId: 'eu-central-1_Test', ClientId: 'client' }).getCurrentUser();
    expect(await new Promise((resolve) => { library?.getSession((_: unknown, session: CognitoUserSession | null) => { resolve(session?.getIdToken().getJwtToken()); }); })).toBe(idToken);
  });

  it('gives no token that is about to expire, by the clock of the service', () => {
    store({ idToken: token(30) });
    expect(session.idToken).toBeNull();
    store({ idToken: token(-3000), clockDrift: '3600' });
    expect(session.idToken).not.toBeNull();
    store({ idToken: token(3000), clockDrift: '-3600' });
    expect(session.idToken).toBeNull();
  });

  it('writes what the library reads', async () => {
    store({ idToken: token(-10), refreshToken: 'before' });
    const idToken = token(600);
    session.keep({ idToken, accessToken: idToken, refreshToken: 'after' });
    const library = new CognitoUserPool({ UserPoolId: 'eu-central-1_Test', ClientId: 'client' }).getCurrentUser();
    expect(await new Promise((resolve) => { library?.getSession((_: unknown, read: CognitoUserSession | null) => { resolve([read?.getIdToken().getJwtToken(), read?.getRefreshToken().getToken()]); }); })).toEqual([idToken, 'after']);
  });

  it('is forgotten, and nothing else', () => {
    store({ idToken: token(600), refreshToken: 'refresh' });
    localStorage.setItem('CognitoIdentityServiceProvider.client2.LastAuthUser', 'bob');
    session.forget();
    expect(session.user).toBeNull();
    expect(Object.keys(localStorage)).toEqual(['CognitoIdentityServiceProvider.client2.LastAuthUser']);
  });

  it.each(['', 'x', 'a.b.c', `a.${btoa('{}')}.c`, `a.${btoa('null')}.c`])('takes %j for no token', (idToken) => {
    store({ idToken });
    expect(session.user).toBe('ada');
    expect(session.idToken).toBeNull();
  });
});
