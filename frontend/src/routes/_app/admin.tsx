import { createFileRoute, useNavigate } from '@tanstack/react-router';
import i18n from 'i18next';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '@/components/page';
import { Admin } from '@/features/admin/admin';
import { type Tab, TABS } from '@/features/admin/tabs';
import { isRange, lastDays } from '@/features/usage/days';

interface Search {
  tab?: Tab;
  from?: string;
  to?: string;
}

export const Route = createFileRoute('/_app/admin')({
  validateSearch: (search): Search => {
    const tab = TABS.find((known) => known === search.tab);
    return {
      ...(tab ? { tab } : {}),
      ...(isRange(search.from, search.to) ? { from: search.from as string, to: search.to as string } : {}),
    };
  },
  codeSplitGroupings: [['component']],
  loader: () => i18n.loadNamespaces(['admin', 'usage']),
  component: AdminPage,
});

function AdminPage() {
  const { t } = useTranslation('admin');
  const { tab, from, to } = Route.useSearch();
  const navigate = useNavigate();
  const range = useMemo(() => (from && to ? { from, to } : lastDays(30)), [from, to]);
  const go = (change: Search) => void navigate({ to: '/admin', search: { ...(tab ? { tab } : {}), ...(from && to ? { from, to } : {}), ...change }, replace: true });
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Admin tab={tab ?? 'usage'} onTab={(next) => { go({ tab: next }); }} range={range} onRange={(next) => { go(next); }} />
    </Page>
  );
}
