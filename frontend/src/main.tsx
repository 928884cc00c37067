import '@/styles.css';
import { createRouter, RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { ApiError } from '@/api/error';
import { Failed } from '@/components/ui/states';
import { safeRedirect, startSession } from '@/features/auth/session';
import { loadConfig } from '@/lib/config';
import { followLanguage, startI18n } from '@/lib/i18n';
import { followTheme } from '@/lib/preferences';
import { routeTree } from '@/routeTree.gen';
import { ErrorPage, NotFoundPage } from '@/routes/-pages';

const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0, // the query cache knows what is stale
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: NotFoundPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

function toSignIn() {
  const { href, pathname } = router.state.location;
  if (pathname === '/sign-in') return;
  const redirect = safeRedirect(href);
  void router.navigate({ to: '/sign-in', search: { ...(redirect ? { redirect } : {}), expired: true } });
}

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');
const react = createRoot(root);
followTheme();

const [, config] = await Promise.allSettled([startI18n(), loadConfig()]);
followLanguage();
try {
  if (config.status === 'rejected') throw config.reason;
  startSession(config.value, toSignIn);
  react.render(
    <StrictMode>
      <RouterProvider router={router} />
    </StrictMode>,
  );
} catch (error) {
  console.error(error);
  react.render(
    <div className="mx-auto max-w-lg p-6 pt-24">
      <Failed error={ApiError.network(error)} onRetry={() => { location.reload(); }} />
    </div>,
  );
}
