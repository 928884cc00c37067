import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { BookOpen, Plus } from 'lucide-react';
import type { KnowledgeBase } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Card, cards } from '@/components/ui/card';
import { Empty, Failed, Loading } from '@/components/ui/states';
import { basesQuery } from '@/features/knowledge/api';
import { ago, count } from '@/lib/format';

export function BaseList({ onNew }: { onNew: () => void }) {
  const bases = useInfiniteQuery(basesQuery);
  if (bases.isPending) return <Loading rows={6} className={cards} rowClassName="h-32" />;
  if (bases.isError) return <Failed error={bases.error} onRetry={() => void bases.refetch()} />;
  if (bases.data.length === 0) {
    return (
      <Empty icon={BookOpen} title="Add what your bots should know" action={<Button onClick={onNew}><Plus /> New knowledge base</Button>}>
        A knowledge base holds your texts. A bot that uses it looks them up and cites them.
      </Empty>
    );
  }
  return (
    <>
      <div className={cards}>{bases.data.map((base) => <BaseCard key={base.id} base={base} />)}</div>
      {bases.hasNextPage && <Button variant="secondary" className="mt-6" disabled={bases.isFetchingNextPage} onClick={() => void bases.fetchNextPage()}>More</Button>}
    </>
  );
}

const BaseCard = ({ base }: { base: KnowledgeBase }) => (
  <Card className="relative transition-colors hover:border-line-strong">
    <h3 className="truncate font-semibold tracking-tight">
      {/* The whole card can be clicked; for a keyboard it is one link. */}
      <Link to="/knowledge/$baseId" params={{ baseId: base.id }} className="after:absolute after:inset-0 after:rounded-2xl">{base.name}</Link>
    </h3>
    <p className="mt-0.5 line-clamp-2 text-sm leading-6 text-ink-soft">{base.description || 'No description'}</p>
    <p className="mt-4 text-xs text-ink-faint">{count(base.chunk_count, 'passage')}{!base.is_own && ' · shared with you'} · changed {ago(base.updated_at)}</p>
  </Card>
);
