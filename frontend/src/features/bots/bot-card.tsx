import { Link } from '@tanstack/react-router';
import { BookOpen, Globe, MessageSquare, Pencil, Store } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '@/api/types';
import { Avatar } from '@/components/avatar';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { PinButton } from '@/features/bots/pin-button';

interface Props {
  bot: Bot;
  isOwn: boolean;
  /** More to do with it. */
  children?: ReactNode;
}

export function BotCard({ bot, isOwn, children }: Props) {
  const { t } = useTranslation('bots');
  return (
    <Card className="flex flex-col">
      <div className="flex items-start gap-3.5">
        <Avatar name={bot.name} icon={bot.icon} />
        <div className="min-w-0 flex-1">
          <h3 dir="auto" className="truncate font-semibold tracking-tight">{bot.name}</h3>
          <p dir="auto" className="mt-0.5 line-clamp-2 text-sm leading-6 text-ink-soft">{bot.description || t('noDescription')}</p>
        </div>
      </div>
      <div className="mt-3.5 flex flex-wrap gap-1.5">
        {bot.rag_enabled && bot.knowledge_base_id && <Badge tone="leaf"><BookOpen aria-hidden /> {t('badge.knowledge')}</Badge>}
        {bot.is_marketplace ? <Badge tone="mango"><Store aria-hidden /> {t('badge.marketplace')}</Badge> : bot.is_public && <Badge tone="mango"><Globe aria-hidden /> {t('badge.public')}</Badge>}
        {bot.tags.slice(0, 3).map((tag) => <Badge key={tag}>{tag}</Badge>)}
      </div>
      <div className="mt-auto flex gap-2 pt-4">
        <Button asChild size="sm" variant="secondary" className="flex-1">
          <Link to="/chat/{-$chatId}" params={{ chatId: undefined }} search={{ bot: bot.id }}><MessageSquare /> {t('chat')}</Link>
        </Button>
        <PinButton bot={bot} />
        {isOwn && (
          <Button asChild size="sm" variant="ghost">
            <Link to="/bots/$botId" params={{ botId: bot.id }} aria-label={t('edit', { name: bot.name })}><Pencil /></Link>
          </Button>
        )}
        {children}
      </div>
    </Card>
  );
}
