import { createFileRoute, Outlet } from '@tanstack/react-router';
import { Providers } from '@/components/providers';
import { requireUser } from '@/features/auth/session';
import { Shell } from '@/features/shell/shell';

/** All pages behind the sign-in. */
export const Route = createFileRoute('/_app')({
  beforeLoad: requireUser,
  component: () => <Providers><Shell><Outlet /></Shell></Providers>,
});
