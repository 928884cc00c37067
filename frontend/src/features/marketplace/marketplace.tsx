import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Search, Star, Store, X } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { type ReactNode, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Facets } from '@/api/types';
import { Button } from '@/components/ui/button';
import { cards } from '@/components/ui/card';
import { Input, Select } from '@/components/ui/field';
import { Empty, ErrorNote, Failed, Loading } from '@/components/ui/states';
import { meQuery } from '@/features/auth/api';
import { agentsQuery, marketplaceBotsQuery, type Sort, type Wanted } from '@/features/marketplace/api';
import { MarketAgent, MarketBot, spoken } from '@/features/marketplace/cards';
import { facetsQuery } from '@/features/marketplace/facets';
import { cn } from '@/lib/cn';
import { useDebounced } from '@/lib/use-debounced';
import { useKeptFocus } from '@/lib/use-kept-focus';

export type Kind = 'bots' | 'agents';

interface Props {
  kind: Kind;
  wanted: Wanted;
  onKind: (kind: Kind) => void;
  onWanted: (change: Wanted) => void;
}

export function Marketplace({ kind, wanted, onKind, onWanted }: Props) {
  const { t } = useTranslation('marketplace');
  const facets = useQuery(facetsQuery);
  return (
    <Tabs.Root value={kind} onValueChange={(value) => { onKind(value as Kind); }}>
      <Tabs.List aria-label={t('kinds')} className="mb-6 flex gap-6 border-b border-line">
        <KindTab value="bots">{t('bots')}</KindTab>
        <KindTab value="agents">{t('agents')}</KindTab>
      </Tabs.List>
      <Filters wanted={wanted} onWanted={onWanted} facets={facets.data?.[kind]} />
      <Tabs.Content value="bots" className="focus-visible:outline-offset-8"><Bots wanted={wanted} onWanted={onWanted} /></Tabs.Content>
      <Tabs.Content value="agents" className="focus-visible:outline-offset-8"><Agents wanted={wanted} onWanted={onWanted} /></Tabs.Content>
    </Tabs.Root>
  );
}

const KindTab = ({ value, children }: { value: Kind; children: string }) => (
  <Tabs.Trigger value={value} className="-mb-px border-b-2 border-transparent px-0.5 pb-2.5 text-[0.9375rem] font-medium text-ink-soft hover:text-ink data-[state=active]:border-mango-strong data-[state=active]:text-ink">{children}</Tabs.Trigger>
);

const sorts = ['most_used', 'most_starred', 'newest'] as const satisfies Sort[];

function Filters({ wanted, onWanted, facets }: { wanted: Wanted; onWanted: (change: Wanted) => void; facets: Facets | undefined }) {
  const { t } = useTranslation('marketplace');
  const said = wanted.search ?? '';
  const [words, setWords] = useState(said);
  const settled = useDebounced(words.trim(), 250);
  /** What was written into the address from here, and is not there yet. */
  const underway = useRef<string | null>(null);
  useEffect(() => {
    if (underway.current === null) {
      // Changed elsewhere: by a link, by "Show all".
      setWords((now) => (now.trim() === said ? now : said));
    } else if (underway.current === said) underway.current = null;
  }, [said]);
  useEffect(() => {
    if (settled === said) return;
    underway.current = settled;
    onWanted({ search: settled || undefined });
    // Only what is typed: going back in the history is not typing.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [settled]);
  const keptFocus = useKeptFocus<HTMLDivElement>();
  const { category, tag, sort = 'most_used', starred_only: isStarred = false } = wanted;
  // The one that is chosen, even if it is none of the first.
  const categories = [...new Set([...(facets?.categories ?? []), ...(category ? [category] : [])])];
  return (
    <div {...keptFocus} className="mb-8 space-y-4">
      <div className="flex flex-wrap items-center gap-2.5">
        <div role="search" className="relative min-w-56 flex-1">
          <Search className="pointer-events-none absolute start-3.5 top-3 size-4 text-ink-faint" aria-hidden />
          <Input type="search" aria-label={t('search')} placeholder={t('searchPlaceholder')} maxLength={200} value={words} onChange={(event) => { setWords(event.target.value); }} className="ps-10" />
        </div>
        <Select aria-label={t('sort.label')} value={sort} onChange={(event) => { onWanted({ sort: event.target.value as Sort }); }} className="w-auto min-w-40">
          {sorts.map((name) => <option key={name} value={name}>{t(`sort.${name}`)}</option>)}
        </Select>
        <Button variant="secondary" aria-pressed={isStarred} onClick={() => { onWanted({ starred_only: isStarred ? undefined : true }); }} className={cn(isStarred && 'border-mango-strong bg-mango-wash text-mango-ink')}><Star className={cn(isStarred && 'fill-mango')} /> {t('starred')}</Button>
      </div>
      {categories.length > 0 && (
        <div role="group" aria-label={t('category')} className="flex flex-wrap gap-2">
          <Chip isOn={!category} onClick={() => { onWanted({ category: undefined }); }}>{t('all')}</Chip>
          {categories.map((name) => <Chip key={name} isOn={category === name} onClick={() => { onWanted({ category: category === name ? undefined : name }); }}>{spoken(name)}</Chip>)}
        </div>
      )}
      {tag ? (
        <Button size="sm" variant="secondary" className="max-w-full border-mango-strong bg-mango-wash text-mango-ink" aria-label={t('clearTag', { tag })} onClick={() => { onWanted({ tag: undefined }); }}><span className="truncate">{t('taggedWith', { tag })}</span> <X /></Button>
      ) : facets && facets.tags.length > 0 && (
        <div role="group" aria-label={t('tags')} className="flex flex-wrap items-center gap-x-3 gap-y-1 text-sm text-ink-soft">
          {facets.tags.slice(0, 12).map((name) => <button key={name} type="button" onClick={() => { onWanted({ tag: name }); }} className="max-w-48 truncate rounded px-0.5 py-1 underline-offset-3 hover:text-ink hover:underline">{name}</button>)}
        </div>
      )}
    </div>
  );
}

const Chip = ({ isOn, onClick, children }: { isOn: boolean; onClick: () => void; children: string }) => (
  <button
    type="button"
    aria-pressed={isOn}
    onClick={onClick}
    className={cn('max-w-full truncate rounded-full border px-3.5 py-1.5 text-sm capitalize', isOn ? 'border-transparent bg-mango font-medium text-on-mango' : 'border-line-strong text-ink-soft hover:bg-raised hover:text-ink')}
  >
    {children}
  </button>
);

interface ListProps {
  wanted: Wanted;
  onWanted: (change: Wanted) => void;
}

function Bots({ wanted, onWanted }: ListProps) {
  const bots = useInfiniteQuery(marketplaceBotsQuery({ sort: 'most_used', ...wanted }));
  const me = useQuery(meQuery);
  return (
    <Found query={bots} wanted={wanted} onWanted={onWanted}>
      {bots.data?.map((bot) => <li key={bot.id} className="grid"><MarketBot item={bot} isOwn={bot.owner_id === me.data?.id} onTag={(tag) => { onWanted({ tag }); }} /></li>)}
    </Found>
  );
}

function Agents({ wanted, onWanted }: ListProps) {
  const agents = useInfiniteQuery(agentsQuery({ sort: 'most_used', ...wanted }));
  return (
    <Found query={agents} wanted={wanted} onWanted={onWanted}>
      {agents.data?.map((agent) => <li key={agent.id} className="grid"><MarketAgent item={agent} onTag={(tag) => { onWanted({ tag }); }} /></li>)}
    </Found>
  );
}

interface FoundProps extends ListProps {
  /** What of a query is the same whatever it asks for. */
  query: {
    data?: unknown[] | undefined;
    error: unknown;
    isPending: boolean;
    isLoadingError: boolean;
    isPlaceholderData: boolean;
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    refetch: () => unknown;
    fetchNextPage: () => unknown;
  };
  children: ReactNode;
}

function Found({ query, wanted, onWanted, children }: FoundProps) {
  const { t } = useTranslation('marketplace');
  const keptFocus = useKeptFocus<HTMLDivElement>();
  const isNarrowed = Object.entries(wanted).some(([name, value]) => name !== 'sort' && value !== undefined);
  if (query.isPending) return <Loading rows={6} className={cards} rowClassName="h-52" />;
  if (query.isLoadingError) return <Failed error={query.error} onRetry={() => void query.refetch()} />;
  const count = query.data?.length ?? 0;
  return (
    <div {...keptFocus} className={query.isPlaceholderData ? 'opacity-60' : ''}>
      <p role="status" className="sr-only">{t('found', { count })}</p>
      {count === 0 ? (
        <Empty
          icon={Store}
          title={t('none.title')}
          action={isNarrowed && <Button variant="secondary" onClick={() => { onWanted({ search: undefined, category: undefined, tag: undefined, starred_only: undefined }); }}>{t('none.reset')}</Button>}
        >
          {isNarrowed ? t('none.otherWords') : t('none.nothing')}
        </Empty>
      ) : (
        <ul className={cards}>{children}</ul>
      )}
      {query.error !== null && <ErrorNote error={query.error} className="mt-6" />}
      {query.hasNextPage && <div className="mt-8 text-center"><Button variant="secondary" disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>{t('showMore')}</Button></div>}
    </div>
  );
}
