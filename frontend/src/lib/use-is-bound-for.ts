import { useRouter } from '@tanstack/react-router';

/** Whether the user is on a path or on the way to it. What navigates by itself asks first, so that it calls nobody back who is on the way elsewhere. */
export function useIsBoundFor(): (path: string) => boolean {
  const router = useRouter();
  return (path) => router.latestLocation.pathname.replace(/\/$/, '') === path;
}
