import type { StoredSession } from '@/features/auth/stored-session';
import type { Tokens } from '@/features/auth/tokens';

/** The share of their life after which tokens are renewed, long before anybody has to wait for it. */
const SHARE = 0.8;
const AGAIN_MS = 30_000;
/** Longer timers would go off at once. */
const LONGEST_MS = 2 ** 31 - 1;

/**
 * Renews the tokens in time, also after the machine has slept; `onEnded` hears that there are no more.
 * Gives what ends it.
 */
export function keepFresh(stored: StoredSession, tokens: Tokens, onEnded: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const plan = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => void look(), Math.min(Math.max(ms, 1000), LONGEST_MS));
  };
  const look = async () => {
    if (stored.user === null) return;
    try {
      if (!(await tokens.keep(SHARE))) {
        onEnded();
        return;
      }
      plan(stored.secondsTo(SHARE) * 1000);
    } catch {
      // Cognito cannot be reached: these tokens are good for a while yet.
      plan(AGAIN_MS);
    }
  };
  const wake = () => { if (document.visibilityState === 'visible') void look(); };
  document.addEventListener('visibilitychange', wake);
  addEventListener('online', wake);
  addEventListener('pageshow', wake);
  void look();
  return () => {
    clearTimeout(timer);
    document.removeEventListener('visibilitychange', wake);
    removeEventListener('online', wake);
    removeEventListener('pageshow', wake);
  };
}
