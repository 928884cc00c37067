import { beforeEach, describe, expect, it, vi } from 'vitest';
import { api, ok } from '@/api/client';
import { configureApi } from '@/api/connection';
import { ApiError } from '@/api/error';

const fetched = vi.fn<(request: Request) => Promise<Response>>();
const token = vi.fn<(fresh: boolean) => Promise<string | null>>();
const expired = vi.fn();

beforeEach(() => {
  vi.resetAllMocks();
  vi.stubGlobal('fetch', fetched);
  token.mockImplementation((fresh) => Promise.resolve(fresh ? 'new' : 'old'));
  configureApi('/api/v1', { token, expired });
});

const answer = (status: number, body: unknown, type = 'application/json') =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers: { 'content-type': type, 'x-request-id': 'from-header' } });
const problem = (status: number, code: string) => answer(status, { type: 'about:blank', title: 'T', status, detail: `because ${code}`, code, request_id: 'r1' }, 'application/problem+json');
const failure = async (call: Promise<unknown>) => {
  const error: unknown = await call.then(() => null, (reason: unknown) => reason);
  if (!(error instanceof ApiError)) throw new Error('expected an ApiError');
  return error;
};
const sent = (index: number) => fetched.mock.calls[index]?.[0] as Request;

describe('api', () => {
  it('sends the token and gives what was answered', async () => {
    fetched.mockResolvedValue(answer(200, { models: [] }));
    expect(await ok(api.GET('/api/v1/models'))).toEqual({ models: [] });
    expect(sent(0).headers.get('authorization')).toBe('Bearer old');
    expect(new URL(sent(0).url).pathname).toBe('/api/v1/models');
  });

  it('goes to the address that the configuration names', async () => {
    configureApi('https://api.example.com/stage/api/v1', { token, expired });
    fetched.mockResolvedValue(answer(200, []));
    await ok(api.GET('/api/v1/bots', { params: { query: { limit: 7 } } }));
    expect(sent(0).url).toBe('https://api.example.com/stage/api/v1/bots?limit=7');
  });

  it('tries a 401 once more with a fresh token, and with the same body', async () => {
    fetched.mockResolvedValueOnce(problem(401, 'unauthorized')).mockResolvedValueOnce(answer(201, { id: 'k' }));
    await ok(api.POST('/api/v1/knowledge-bases', { body: { name: 'Handbook' } }));
    expect(token.mock.calls).toEqual([[false], [true]]);
    expect(sent(1).headers.get('authorization')).toBe('Bearer new');
    expect(await sent(1).json()).toEqual({ name: 'Handbook' });
    expect(expired).not.toHaveBeenCalled();
  });

  it('has the user sign in again after a second 401, and does not try a third time', async () => {
    fetched.mockImplementation(() => Promise.resolve(problem(401, 'unauthorized')));
    expect((await failure(ok(api.GET('/api/v1/models')))).status).toBe(401);
    expect(fetched).toHaveBeenCalledTimes(2);
    expect(expired).toHaveBeenCalledTimes(1);
  });

  it('asks nothing of the service without a token', async () => {
    token.mockResolvedValue(null);
    expect((await failure(ok(api.GET('/api/v1/models')))).code).toBe('unauthorized');
    expect(fetched).not.toHaveBeenCalled();
    expect(expired).toHaveBeenCalledTimes(1);
  });

  it('reads problem+json', async () => {
    fetched.mockResolvedValue(problem(422, 'invalid'));
    expect(await failure(ok(api.GET('/api/v1/models')))).toMatchObject({ status: 422, code: 'invalid', detail: 'because invalid', requestId: 'r1', isTemporary: false });
  });

  it.each([
    ['a page of a proxy', '<html>Bad gateway</html>', 'text/html'],
    ['JSON that is none', '{"detail":', 'application/json'],
  ])('says something sensible about %s', async (_, body, type) => {
    fetched.mockResolvedValue(answer(502, body, type));
    const error = await failure(ok(api.GET('/api/v1/models')));
    expect(error).toMatchObject({ status: 502, code: 'http_502', requestId: 'from-header', isTemporary: true });
    expect(error.detail).not.toContain('<');
  });

  it('names a network that is not there', async () => {
    fetched.mockRejectedValue(new TypeError('Failed to fetch'));
    expect(await failure(ok(api.GET('/api/v1/models')))).toMatchObject({ status: 0, code: 'network', isTemporary: true });
  });
});
