import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Plus, Search, Store } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Agent } from '@/api/types';
import { Avatar } from '@/components/avatar';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card, cards } from '@/components/ui/card';
import { Input } from '@/components/ui/field';
import { Empty, Failed, Loading } from '@/components/ui/states';
import { meQuery } from '@/features/auth/api';
import { marketplaceBotsQuery } from '@/features/bots/api';
import { BotCard } from '@/features/bots/bot-card';
import { agentsQuery, categoriesQuery } from '@/features/marketplace/api';
import { cn } from '@/lib/cn';
import { facts, percent } from '@/lib/format';

interface Props {
  category: string | undefined;
  onCategory: (category: string | undefined) => void;
}

const says = (words: string, ...texts: (string | null | undefined | string[])[]) => texts.flat().join(' ').toLowerCase().includes(words.trim().toLowerCase());

export function Marketplace({ category, onCategory }: Props) {
  const { t } = useTranslation('marketplace');
  const [words, setWords] = useState('');
  return (
    <>
      <div className="mb-8 flex flex-col gap-4">
        <div className="relative max-w-md">
          <Search className="pointer-events-none absolute start-3.5 top-3 size-4 text-ink-faint" aria-hidden />
          <Input type="search" aria-label={t('search')} placeholder={t('searchPlaceholder')} value={words} onChange={(event) => { setWords(event.target.value); }} className="ps-10" />
        </div>
        <Categories category={category} onCategory={onCategory} />
      </div>
      {!category && <Bots words={words} />}
      <Agents category={category} words={words} />
    </>
  );
}

function Categories({ category, onCategory }: Props) {
  const { t } = useTranslation('marketplace');
  const categories = useQuery(categoriesQuery);
  const chip = (label: string, value: string | undefined) => (
    <button
      key={label}
      type="button"
      aria-pressed={category === value}
      onClick={() => { onCategory(value); }}
      className={cn('rounded-full border px-3.5 py-1.5 text-sm capitalize', category === value ? 'border-transparent bg-mango font-medium text-on-mango' : 'border-line-strong text-ink-soft hover:bg-raised hover:text-ink')}
    >
      {label}
    </button>
  );
  return (
    <div role="group" aria-label={t('category')} className="flex flex-wrap gap-2">
      {chip(t('all'), undefined)}
      {categories.data?.map((name) => chip(name.replaceAll(/[_-]/g, ' '), name))}
    </div>
  );
}

function Bots({ words }: { words: string }) {
  const { t } = useTranslation('marketplace');
  const bots = useQuery(marketplaceBotsQuery);
  const me = useQuery(meQuery);
  if (bots.isPending) return <Loading rows={3} className={cn(cards, 'mb-10')} rowClassName="h-44" />;
  if (bots.isError) return <Failed error={bots.error} onRetry={() => void bots.refetch()} />;
  const found = bots.data.filter((bot) => says(words, bot.name, bot.description, bot.tags));
  if (found.length === 0) return null;
  return (
    <section className="mb-10">
      <h2 className="mb-4 font-semibold tracking-tight">{t('bots')}</h2>
      <div className={cards}>{found.map((bot) => <BotCard key={bot.id} bot={bot} isOwn={bot.owner_id === me.data?.id} />)}</div>
    </section>
  );
}

function Agents({ category, words }: { category: string | undefined; words: string }) {
  const { t } = useTranslation('marketplace');
  const agents = useQuery(agentsQuery);
  if (agents.isPending) return <Loading rows={6} className={cards} rowClassName="h-52" />;
  if (agents.isError) return <Failed error={agents.error} onRetry={() => void agents.refetch()} />;
  const found = agents.data.filter((agent) => (!category || agent.category === category) && says(words, agent.display_name, agent.description, agent.tags, agent.capabilities));
  return (
    <section>
      <h2 className="mb-4 font-semibold tracking-tight">{t('agents')}</h2>
      {found.length === 0 ? (
        <Empty icon={Store} title={t('none.title')}>{words ? t('none.otherWords') : t('none.noAgents')}</Empty>
      ) : (
        <div className={cards}>{found.map((agent) => <AgentCard key={agent.id} agent={agent} />)}</div>
      )}
    </section>
  );
}

function AgentCard({ agent }: { agent: Agent }) {
  const { t } = useTranslation('marketplace');
  return (
    <Card className="flex flex-col">
      <div className="flex items-start gap-3.5">
        <Avatar name={agent.display_name} />
        <div className="min-w-0 flex-1">
          <h3 dir="auto" className="font-semibold tracking-tight">{agent.display_name}</h3>
          <p className="text-xs text-ink-faint capitalize">{agent.category.replaceAll(/[_-]/g, ' ')}</p>
        </div>
      </div>
      <p dir="auto" className="mt-3 line-clamp-3 text-sm leading-6 text-ink-soft">{agent.description || t('noDescription')}</p>
      <div className="mt-3.5 flex flex-wrap gap-1.5">{agent.capabilities.slice(0, 4).map((capability) => <Badge key={capability}>{capability.replaceAll(/_/g, ' ')}</Badge>)}</div>
      <div className="mt-auto flex items-center justify-between gap-3 pt-4">
        <span className="text-xs text-ink-faint">{agent.total_requests > 0 ? facts(t('requests', { count: agent.total_requests }), t('wentWell', { share: percent(agent.success_rate) })) : t('new')}</span>
        <Button asChild size="sm" variant="secondary">
          <Link to="/bots/new" search={{ agent: agent.id }} aria-label={t('useNamed', { name: agent.display_name })}><Plus /> {t('use')}</Link>
        </Button>
      </div>
    </Card>
  );
}
