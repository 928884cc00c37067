import { useQuery } from '@tanstack/react-query';
import { createFileRoute } from '@tanstack/react-router';
import i18n from 'i18next';
import { useTranslation } from 'react-i18next';
import { Page } from '@/components/page';
import { meQuery } from '@/features/auth/api';
import { Dashboard } from '@/features/dashboard/dashboard';

export const Route = createFileRoute('/_app/')({
  codeSplitGroupings: [['component']],
  loader: () => i18n.loadNamespaces(['dashboard', 'bots', 'usage']),
  component: DashboardPage,
});

function DashboardPage() {
  const { t } = useTranslation('dashboard');
  const me = useQuery(meQuery);
  const name = me.data?.full_name?.split(' ')[0];
  return (
    <Page title={name ? t('helloName', { name }) : t('hello')} lead={t('lead')}>
      <Dashboard />
    </Page>
  );
}
