import { createFileRoute, Outlet } from '@tanstack/react-router';
import i18n from 'i18next';
import { Providers } from '@/components/providers';
import { requireUser } from '@/features/auth/session';
import { Shell } from '@/features/shell/shell';

/** All pages behind the sign-in. */
export const Route = createFileRoute('/_app')({
  codeSplitGroupings: [['component']],
  beforeLoad: ({ location }) => { requireUser(location.href); },
  // In one go, so that no page waits for its own.
  loader: () => i18n.loadNamespaces(['shell', 'dashboard', 'chat', 'bots', 'knowledge', 'marketplace']),
  component: () => <Providers><Shell><Outlet /></Shell></Providers>,
});
