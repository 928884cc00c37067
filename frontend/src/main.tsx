import '@/styles.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { createRouter, RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Failed } from '@/components/ui/states';
import { safeRedirect, startSession } from '@/features/auth/session';
import { loadConfig } from '@/lib/config';
import { followTheme } from '@/lib/preferences';
import { queryClient } from '@/lib/query-client';
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

try {
  startSession(await loadConfig(), toSignIn);
  react.render(
    <StrictMode>
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
      </QueryClientProvider>
    </StrictMode>,
  );
} catch (error) {
  console.error(error);
  react.render(
    <div className="mx-auto max-w-lg p-6 pt-24">
      <Failed error={new Error('Mangoo cannot be reached. Check your connection and try again.')} onRetry={() => { location.reload(); }} />
    </div>,
  );
}
