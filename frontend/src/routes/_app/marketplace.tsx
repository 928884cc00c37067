import { createFileRoute, useNavigate } from '@tanstack/react-router';
import i18n from 'i18next';
import { useTranslation } from 'react-i18next';
import { Page } from '@/components/page';
import type { Sort, Wanted } from '@/features/marketplace/api';
import { type Kind, Marketplace } from '@/features/marketplace/marketplace';
import { useIsBoundFor } from '@/lib/use-is-bound-for';

interface Search extends Wanted {
  kind?: Kind | undefined;
}

const sorts: unknown[] = ['most_used', 'most_starred', 'newest'] satisfies Sort[];
const text = (value: unknown) => (typeof value === 'string' && value ? value : undefined);

export const Route = createFileRoute('/_app/marketplace')({
  validateSearch: ({ kind, search, category, tag, sort, starred_only }): Search => ({
    kind: kind === 'agents' ? kind : undefined,
    search: text(search),
    category: text(category),
    tag: text(tag),
    sort: sorts.includes(sort) ? (sort as Sort) : undefined,
    starred_only: starred_only === true || undefined,
  }),
  codeSplitGroupings: [['component']],
  loader: () => i18n.loadNamespaces('marketplace'),
  component: MarketplacePage,
});

function MarketplacePage() {
  const { t } = useTranslation('marketplace');
  // By name: addresses may bring more, such as what a mail's links are counted by.
  const { kind = 'bots', search, category, tag, sort, starred_only } = Route.useSearch();
  const navigate = useNavigate();
  const isBoundFor = useIsBoundFor();
  // What is searched for follows a moment after what is typed.
  const go = (change: (before: Search) => Search) => {
    if (isBoundFor(Route.to)) void navigate({ to: Route.to, search: change, replace: true });
  };
  return (
    <Page title={t('title')} lead={t('lead')}>
      <Marketplace
        kind={kind}
        wanted={{ search, category, tag, sort, starred_only }}
        // Bots and agents have categories and tags of their own.
        onKind={(next) => { go((before) => ({ ...before, kind: next === 'agents' ? next : undefined, category: undefined, tag: undefined })); }}
        onWanted={(change) => { go((before) => ({ ...before, ...change })); }}
      />
    </Page>
  );
}
