import { createFileRoute, useNavigate } from '@tanstack/react-router';
import { Page } from '@/components/page';
import { Marketplace } from '@/features/marketplace/marketplace';

export const Route = createFileRoute('/_app/marketplace')({
  validateSearch: (search): { category?: string } => (typeof search.category === 'string' ? { category: search.category } : {}),
  component: MarketplacePage,
});

function MarketplacePage() {
  const { category } = Route.useSearch();
  const navigate = useNavigate();
  return (
    <Page title="Marketplace" lead="Bots that others share, and agents to make your own from.">
      <Marketplace category={category} onCategory={(next) => void navigate({ to: '/marketplace', search: next ? { category: next } : {}, replace: true })} />
    </Page>
  );
}
