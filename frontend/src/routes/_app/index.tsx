import { useQuery } from '@tanstack/react-query';
import { createFileRoute } from '@tanstack/react-router';
import { Page } from '@/components/page';
import { meQuery } from '@/features/auth/api';
import { Dashboard } from '@/features/dashboard/dashboard';

export const Route = createFileRoute('/_app/')({ component: DashboardPage });

function DashboardPage() {
  const me = useQuery(meQuery);
  const name = me.data?.full_name?.split(' ')[0];
  return (
    <Page title={name ? `Hello, ${name}` : 'Hello'} lead="What would you like to know today?">
      <Dashboard />
    </Page>
  );
}
