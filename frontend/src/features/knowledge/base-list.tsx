import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { BookOpen, Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { KnowledgeBase } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Card, cards } from '@/components/ui/card';
import { Empty, ErrorNote, Failed, Loading } from '@/components/ui/states';
import { basesQuery } from '@/features/knowledge/api';
import { ago, facts } from '@/lib/format';

export function BaseList({ onNew }: { onNew: () => void }) {
  const { t } = useTranslation('knowledge');
  const bases = useInfiniteQuery(basesQuery);
  if (bases.isPending) return <Loading rows={6} className={cards} rowClassName="h-32" />;
  if (bases.isLoadingError) return <Failed error={bases.error} onRetry={() => void bases.refetch()} />;
  if (bases.data.length === 0) {
    return (
      <Empty icon={BookOpen} title={t('empty.title')} action={<Button onClick={onNew}><Plus /> {t('new')}</Button>}>
        {t('empty.text')}
      </Empty>
    );
  }
  return (
    <>
      <div className={cards}>{bases.data.map((base) => <BaseCard key={base.id} base={base} />)}</div>
      {bases.isError && <ErrorNote error={bases.error} className="mt-6" />}
      {bases.hasNextPage && <Button variant="secondary" className="mt-6" disabled={bases.isFetchingNextPage} onClick={() => void bases.fetchNextPage()}>{t('more')}</Button>}
    </>
  );
}

function BaseCard({ base }: { base: KnowledgeBase }) {
  const { t } = useTranslation('knowledge');
  return (
    <Card className="relative transition-colors hover:border-line-strong">
      <h3 dir="auto" className="truncate font-semibold tracking-tight">
        {/* The whole card can be clicked; for a keyboard it is one link. */}
        <Link to="/knowledge/$baseId" params={{ baseId: base.id }} className="after:absolute after:inset-0 after:rounded-2xl">{base.name}</Link>
      </h3>
      <p dir="auto" className="mt-0.5 line-clamp-2 text-sm leading-6 text-ink-soft">{base.description || t('noDescription')}</p>
      <p className="mt-4 text-xs text-ink-faint">{facts(t('passages', { count: base.chunk_count }), !base.is_own && t('sharedWithYou'), t('changed', { when: ago(base.updated_at) }))}</p>
    </Card>
  );
}
