import { QueryClient } from '@tanstack/react-query';

/** A 4xx will not change by asking again; anything else may. */
function mayHelp(failures: number, error: Error) {
  const status = 'status' in error && typeof error.status === 'number' ? error.status : 0;
  return failures < 2 && (status < 400 || status >= 500 || status === 429);
}

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 30_000, retry: mayHelp },
    // Whoever is offline hears so: what waits for a connection would be done when nobody expects it any more.
    mutations: { networkMode: 'always' },
  },
});
