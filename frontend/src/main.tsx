import '@/styles.css';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from '@/api/error';
import { Failed } from '@/components/ui/states';
import { isSignInPage, signInAddress } from '@/features/auth/addresses';
import { isLeaving, isSignedIn, startSession, stayInStep } from '@/features/auth/session';
import { StoredSession } from '@/features/auth/stored-session';
import { loadConfig } from '@/lib/config';
import { followLanguage, startI18n } from '@/lib/i18n';
import { followTheme } from '@/lib/preferences';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
const react = createRoot(root);
followTheme();

const here = () => location.pathname + location.search + location.hash;
// Whoever has to sign in first gets nothing of the app: not even the wait for it.
if (!isSignInPage(location.pathname) && !StoredSession.mayExist()) history.replaceState(null, '', signInAddress({ redirect: here() }));

/** The pages before the sign-in, with the words they say. */
const signedOut = async () => ({ ...(await import('@/signed-out')), onExpired: () => undefined });
const app = async () => ({
  ...(await import('@/app')),
  start: () => {
    stayInStep();
    // The browser may keep the page as it was, and show it again to whoever goes back after a sign-out.
    addEventListener('pageshow', ({ persisted }) => { if (persisted && (!isSignedIn() || isLeaving())) location.reload(); });
  },
  onExpired: () => { location.assign(signInAddress({ redirect: here(), expired: true })); },
});

// Within a function: what is imported here stands on this file, and would wait for it while it waits.
async function begin() {
  const isOut = isSignInPage(location.pathname);
  const [, config, page] = await Promise.allSettled([startI18n(isOut ? ['auth'] : ['shell', 'chat', 'history']), loadConfig(), isOut ? signedOut() : app()]);
  followLanguage();
  if (config.status === 'rejected') throw config.reason;
  if (page.status === 'rejected') throw page.reason;
  const { Page, start, onExpired } = page.value;
  startSession(config.value, onExpired);
  start();
  react.render(<StrictMode><Page /></StrictMode>);
}

begin().catch((error: unknown) => {
  console.error(error);
  react.render(
    <div className="mx-auto max-w-lg p-6 pt-24">
      <Failed error={ApiError.network(error)} onRetry={() => { location.reload(); }} />
    </div>,
  );
});
