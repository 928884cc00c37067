import { beforeEach, describe, expect, it, vi } from 'vitest';
import { api } from '@/api/client';
import { ApiError } from '@/api/error';
import { afterSignIn, authMessage, startSession, stayInStep } from '@/features/auth/session';

const PREFIX = 'CognitoIdentityServiceProvider.client';
const config = { api: 'http://service.test/api/v1', region: 'eu-central-1', user_pool_id: 'eu-central-1_Test', client_id: 'client', cognito_endpoint: null };
const fetched = vi.fn<(request: Request) => Promise<Response>>();
const encode = (value: object) => btoa(JSON.stringify(value)).replaceAll('=', '');

function signIn(user: string) {
  const now = Math.floor(Date.now() / 1000);
  const token = `${encode({ alg: 'RS256' })}.${encode({ sub: user, iat: now, exp: now + 3600 })}.signature`;
  localStorage.clear();
  localStorage.setItem(`${PREFIX}.LastAuthUser`, user);
  for (const name of ['idToken', 'accessToken', 'refreshToken']) localStorage.setItem(`${PREFIX}.${user}.${name}`, token);
}

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  fetched.mockReset().mockImplementation(() => Promise.resolve(Response.json({ id: '1' })));
  vi.stubGlobal('fetch', fetched);
});

describe('a page', () => {
  it('keeps what was typed for whoever comes back, and not for the next', () => {
    const draft = () => sessionStorage.getItem('mangoo-draft:new');
    signIn('ada');
    startSession(config, () => undefined);
    stayInStep();
    sessionStorage.setItem('mangoo-draft:new', 'Dear diary');
    startSession(config, () => undefined);
    stayInStep();
    expect(draft()).toBe('Dear diary');
    signIn('bob');
    startSession(config, () => undefined);
    stayInStep();
    expect(draft()).toBeNull();
  });

  it('asks nothing for somebody else who has signed in meanwhile', async () => {
    signIn('ada');
    startSession(config, () => undefined);
    stayInStep();
    await api.GET('/api/v1/users/me');
    expect(fetched).toHaveBeenCalledOnce();
    signIn('bob');
    const asked = api.GET('/api/v1/users/me');
    await expect(Promise.race([asked, new Promise((resolve) => { setTimeout(resolve, 50, 'nothing'); })])).resolves.toBe('nothing');
    expect(fetched).toHaveBeenCalledOnce();
  });
});

describe('a sign-in', () => {
  const problem = (status: number) => new Response('{}', { status, headers: { 'content-type': 'application/problem+json' } });

  it.each([[503, true], [403, false]])('with which the service answers %i goes on: %s', async (status, goesOn) => {
    signIn('ada');
    startSession(config, () => undefined);
    fetched.mockImplementation(() => Promise.resolve(problem(status)));
    const done = afterSignIn();
    await (goesOn ? expect(done).resolves.toBeUndefined() : expect(done).rejects.toMatchObject({ status }));
    expect(localStorage.getItem('mangoo-session') !== null).toBe(goesOn);
  });
});

describe('authMessage', () => {
  it('does not tell whether an account exists', () => {
    const named = (name: string) => authMessage(Object.assign(new Error('x'), { name }));
    expect(named('UserNotFoundException')).toBe(named('NotAuthorizedException'));
  });

  it('shows what the service or Cognito said of anything else', () => {
    expect(authMessage(new ApiError(503, 'unavailable', 'Try later.'))).toBe('Try later.');
    expect(authMessage(Object.assign(new Error('Only colleagues may sign up.'), { name: 'UserLambdaValidationException' }))).toBe('Only colleagues may sign up.');
  });
});
