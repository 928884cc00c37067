import { renderHook } from '@testing-library/react';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { configureApi } from '@/api/connection';
import type { Chat } from '@/api/types';
import { deleteLater, keepChat, useKept } from '@/features/history/deletion';
import { actOnToast, endToast, toasts } from '@/lib/toasts';

const fetched = vi.fn<(request: Request | string, init?: RequestInit) => Promise<Response>>();
const chat = (id: string): Chat => ({ id, title: `Chat ${id}`, is_pinned: false, is_archived: false, created_at: '', updated_at: '' });
const [one, other] = [chat('1'), chat('2')];
const kept = () => renderHook(() => useKept([one, other])).result.current.map(({ id }) => id);
const toast = () => toasts.get()[0]?.id ?? 0;
const requests = () =>
  fetched.mock.calls.map(([request, init]) => (typeof request === 'string' ? { method: init?.method, path: new URL(request).pathname } : { method: request.method, path: new URL(request.url).pathname }));

beforeEach(() => {
  fetched.mockReset().mockImplementation(() => Promise.resolve(Response.json({ status: 'success' })));
  vi.stubGlobal('fetch', fetched);
  configureApi('http://service.test/api/v1', { token: () => Promise.resolve('token'), current: () => 'token', expired: () => undefined });
});
afterEach(() => {
  dispatchEvent(new Event('pagehide'));
  for (const { id } of toasts.get()) endToast(id);
});

it('hides a chat at once, and has it deleted when the time for a change of mind is over', async () => {
  deleteLater(one, () => undefined);
  expect(kept()).toEqual(['2']);
  expect(toasts.get().map(({ text }) => text)).toEqual(['Deleted: Chat 1']);
  expect(fetched).not.toHaveBeenCalled();
  endToast(toast());
  await vi.waitFor(() => { expect(requests()).toEqual([{ method: 'DELETE', path: '/api/v1/chats/1' }]); });
  expect(toasts.get()).toEqual([]);
});

it('has nothing deleted once that is undone', async () => {
  const onUndo = vi.fn();
  deleteLater(one, onUndo);
  actOnToast(toast());
  expect(onUndo).toHaveBeenCalledTimes(1);
  expect(kept()).toEqual(['1', '2']);
  dispatchEvent(new Event('pagehide'));
  await Promise.resolve();
  expect(fetched).not.toHaveBeenCalled();
});

it('keeps a chat that somebody goes on with', async () => {
  deleteLater(one, () => undefined);
  keepChat('1');
  expect(kept()).toEqual(['1', '2']);
  expect(toasts.get()).toEqual([]);
  await Promise.resolve();
  expect(fetched).not.toHaveBeenCalled();
});

it('deletes all that waits when the page is left, before the browser forgets it', async () => {
  deleteLater(one, () => undefined);
  deleteLater(other, () => undefined);
  deleteLater(other, () => undefined);
  dispatchEvent(new Event('pagehide'));
  // At once: there is no later.
  expect(requests()).toEqual([{ method: 'DELETE', path: '/api/v1/chats/1' }, { method: 'DELETE', path: '/api/v1/chats/2' }]);
  expect(fetched.mock.calls[0]?.[1]).toMatchObject({ keepalive: true, headers: { Authorization: 'Bearer token' } });
  expect(toasts.get()).toEqual([]);
});

it('shows a chat again, and says why, when it could not be deleted', async () => {
  fetched.mockImplementation(() => Promise.resolve(Response.json({ detail: 'Try later.' }, { status: 503, headers: { 'content-type': 'application/problem+json' } })));
  deleteLater(one, () => undefined);
  endToast(toast());
  await vi.waitFor(() => { expect(kept()).toEqual(['1', '2']); });
  expect(toasts.get().map(({ text }) => text)).toEqual(['The chat could not be deleted. Try later.']);
});

it('takes a chat that is gone already for deleted', async () => {
  fetched.mockImplementation(() => Promise.resolve(Response.json({}, { status: 404, headers: { 'content-type': 'application/problem+json' } })));
  deleteLater(one, () => undefined);
  endToast(toast());
  await vi.waitFor(() => { expect(kept()).toEqual(['1', '2']); });
  expect(toasts.get()).toEqual([]);
});
