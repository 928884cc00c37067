import { createFileRoute, Outlet } from '@tanstack/react-router';
import { requireUser } from '@/features/auth/session';
import { Shell } from '@/features/shell/shell';

/** All pages behind the sign-in. */
export const Route = createFileRoute('/_app')({
  beforeLoad: ({ location }) => { requireUser(location.href); },
  component: () => <Shell><Outlet /></Shell>,
});
