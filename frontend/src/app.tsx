import { createRouter, RouterProvider } from '@tanstack/react-router';
import { routeTree } from '@/routeTree.gen';
import { ErrorPage, NotFoundPage } from '@/routes/-pages';

const router = createRouter({
  routeTree,
  defaultPreload: 'intent',
  defaultPreloadStaleTime: 0, // the query cache knows what is stale
  // A form starts from what is loaded: begun from what was loaded before, it would write that over what is new.
  defaultStaleReloadMode: 'blocking',
  defaultErrorComponent: ErrorPage,
  defaultNotFoundComponent: NotFoundPage,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}

export const Page = () => <RouterProvider router={router} />;
