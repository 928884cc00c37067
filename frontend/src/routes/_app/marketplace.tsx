import { createFileRoute, useNavigate } from '@tanstack/react-router';
import i18n from 'i18next';
import { useTranslation } from 'react-i18next';
import { Page } from '@/components/page';
import { Marketplace } from '@/features/marketplace/marketplace';

export const Route = createFileRoute('/_app/marketplace')({
  validateSearch: (search): { category?: string } => (typeof search.category === 'string' ? { category: search.category } : {}),
  codeSplitGroupings: [['component']],
  loader: () => i18n.loadNamespaces('marketplace'),
  component: MarketplacePage,
});

function MarketplacePage() {
  const { t } = useTranslation('marketplace');
  const { category } = Route.useSearch();
  const navigate = useNavigate();
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Marketplace category={category} onCategory={(next) => void navigate({ to: '/marketplace', search: next ? { category: next } : {}, replace: true })} />
    </Page>
  );
}
