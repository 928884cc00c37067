import { Link } from '@tanstack/react-router';
import { MessageSquare, Pencil } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Agent, Bot } from '@/api/types';
import { Avatar } from '@/components/avatar';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { starAgent, starBot } from '@/features/marketplace/api';
import { StarButton } from '@/features/marketplace/star-button';
import { useAgent } from '@/features/marketplace/use-agent';

/** A category or capability as people write it. */
export const spoken = (name: string) => name.replaceAll(/[_-]/g, ' ');

interface FrameProps {
  avatar: ReactNode;
  name: string;
  category: string | null | undefined;
  description: string | null | undefined;
  tags: string[];
  onTag: (tag: string) => void;
  star: ReactNode;
  facts: string;
  children: ReactNode;
}

function Frame({ avatar, name, category, description, tags, onTag, star, facts, children }: FrameProps) {
  const { t } = useTranslation('marketplace');
  return (
    <Card className="flex flex-col">
      <div className="flex items-start gap-3.5">
        {avatar}
        <div className="min-w-0 flex-1">
          <h3 dir="auto" className="font-semibold tracking-tight wrap-anywhere">{name}</h3>
          {category && <p dir="auto" className="truncate text-start text-xs text-ink-faint capitalize">{spoken(category)}</p>}
        </div>
        {star}
      </div>
      <p dir="auto" className="mt-3 line-clamp-3 text-start text-sm leading-6 wrap-anywhere text-ink-soft">{description || t('noDescription')}</p>
      {tags.length > 0 && (
        <ul aria-label={t('tags')} className="mt-3.5 flex flex-wrap gap-1.5">
          {tags.slice(0, 4).map((tag) => (
            <li key={tag} className="max-w-full">
              <button type="button" onClick={() => { onTag(tag); }} className="max-w-full truncate rounded-full bg-raised px-2.5 py-0.5 text-xs font-medium text-ink-soft hover:text-ink">{tag}</button>
            </li>
          ))}
        </ul>
      )}
      <div className="mt-auto flex items-center justify-between gap-3 pt-4">
        <span className="text-xs text-ink-faint">{facts}</span>
        <span className="flex shrink-0 gap-1">{children}</span>
      </div>
    </Card>
  );
}

interface Props<Item> {
  item: Item;
  onTag: (tag: string) => void;
}

export function MarketBot({ item: bot, onTag, isOwn }: Props<Bot> & { isOwn: boolean }) {
  const { t } = useTranslation('marketplace');
  return (
    <Frame
      avatar={<Avatar name={bot.name} icon={bot.icon} />}
      name={bot.name}
      category={bot.category}
      description={bot.description}
      tags={bot.tags}
      onTag={onTag}
      star={<StarButton item={bot} name={bot.name} options={starBot} />}
      facts={bot.use_count > 0 ? t('chats', { count: bot.use_count }) : t('new')}
    >
      {isOwn && <Button asChild size="sm" variant="ghost"><Link to="/bots/$botId" params={{ botId: bot.id }} aria-label={t('edit', { name: bot.name })}><Pencil /></Link></Button>}
      <Button asChild size="sm" variant="secondary">
        <Link to="/chat/{-$chatId}" params={{ chatId: undefined }} search={{ bot: bot.id }} aria-label={t('useBot', { name: bot.name })}><MessageSquare /> {t('use')}</Link>
      </Button>
    </Frame>
  );
}

export function MarketAgent({ item: agent, onTag }: Props<Agent>) {
  const { t } = useTranslation('marketplace');
  const use = useAgent();
  return (
    <Frame
      avatar={<Avatar name={agent.display_name} />}
      name={agent.display_name}
      category={agent.category}
      description={agent.description}
      tags={agent.tags}
      onTag={onTag}
      star={<StarButton item={agent} name={agent.display_name} options={starAgent} />}
      facts={agent.total_requests > 0 ? t('uses', { count: agent.total_requests }) : t('new')}
    >
      <Button asChild size="sm" variant="ghost"><Link to="/bots/new" search={{ agent: agent.id }} aria-label={t('useNamed', { name: agent.display_name })} title={t('useNamed', { name: agent.display_name })}><Pencil /></Link></Button>
      <Button size="sm" variant="secondary" disabled={use.isPending} aria-label={t('useBot', { name: agent.display_name })} onClick={() => { use.mutate(agent); }}><MessageSquare /> {t('use')}</Button>
    </Frame>
  );
}
