import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { keepFresh } from '@/features/auth/keep-fresh';
import { StoredSession } from '@/features/auth/stored-session';
import type { Tokens } from '@/features/auth/tokens';

const PREFIX = 'CognitoIdentityServiceProvider.client';
const MINUTE = 60_000;
const encode = (value: unknown) => btoa(JSON.stringify(value)).replaceAll('=', '');
/** Stores a token of an hour that begins now. */
const store = () => {
  const now = Math.floor(Date.now() / 1000);
  localStorage.setItem(`${PREFIX}.LastAuthUser`, 'ada');
  localStorage.setItem(`${PREFIX}.ada.idToken`, `x.${encode({ iat: now, exp: now + 3600 })}.x`);
};

const stored = new StoredSession('client');
const refresh = vi.fn<() => Promise<boolean>>();
const tokens = { keep: (share: number) => (stored.isPast(share) ? refresh() : Promise.resolve(true)) } as unknown as Tokens;
const onEnded = vi.fn();
let end: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  localStorage.clear();
  refresh.mockReset().mockImplementation(() => {
    store();
    return Promise.resolve(true);
  });
  onEnded.mockReset();
  store();
  end = keepFresh(stored, tokens, onEnded);
});
afterEach(() => {
  end();
  vi.useRealTimers();
});

it('renews tokens at four fifths of their life, again and again', async () => {
  await vi.advanceTimersByTimeAsync(47 * MINUTE);
  expect(refresh).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(2 * MINUTE);
  expect(refresh).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(49 * MINUTE);
  expect(refresh).toHaveBeenCalledTimes(2);
});

it('renews them as soon as a machine wakes up that slept over it', async () => {
  await vi.advanceTimersByTimeAsync(MINUTE);
  // Timers stand still in sleep.
  vi.setSystemTime(Date.now() + 55 * MINUTE);
  document.dispatchEvent(new Event('visibilitychange'));
  await vi.advanceTimersByTimeAsync(0);
  expect(refresh).toHaveBeenCalledTimes(1);
});

it('tries again when Cognito cannot be reached', async () => {
  refresh.mockRejectedValueOnce(new Error('Network error'));
  await vi.advanceTimersByTimeAsync(48 * MINUTE + 1000);
  expect(refresh).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(30_000);
  expect(refresh).toHaveBeenCalledTimes(2);
  expect(onEnded).not.toHaveBeenCalled();
});

it('says that the session has ended, once', async () => {
  refresh.mockResolvedValue(false);
  await vi.advanceTimersByTimeAsync(120 * MINUTE);
  expect(onEnded).toHaveBeenCalledTimes(1);
});
