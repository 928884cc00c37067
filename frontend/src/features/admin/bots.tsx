import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AdminBot } from '@/api/types';
import { Badge } from '@/components/ui/badge';
import { everyBotQuery } from '@/features/admin/api';
import { SearchedList } from '@/features/admin/searched-list';
import { type Column, Named, Table } from '@/features/admin/table';
import { useModelName } from '@/features/usage/use-model-name';
import { ago, facts, number } from '@/lib/format';
import { useDebounced } from '@/lib/use-debounced';

/** Everybody's bots, and how much they are used. */
export function Bots() {
  const { t } = useTranslation('admin');
  const [words, setWords] = useState('');
  const query = useInfiniteQuery(everyBotQuery(useDebounced(words, 250)));
  const modelName = useModelName();
  const bots = query.data?.pages.flatMap((page) => page.items) ?? [];
  const ownerOf = (bot: AdminBot) => bot.owner_name ?? t('unknownUser');

  const columns: Column<AdminBot>[] = [
    {
      name: t('column.bot'),
      cell: (bot) => (
        <>
          <Named name={bot.name}>{facts(ownerOf(bot), modelName(bot.model_id))}</Named>
          <span className="mt-0.5 block truncate text-xs text-ink-faint sm:hidden">{t('answers', { count: bot.answers })}</span>
        </>
      ),
    },
    {
      name: t('column.visibility'),
      cell: (bot) => !bot.is_active ? <Badge>{t('bots.inactive')}</Badge>
        : bot.is_marketplace ? <Badge tone="mango">{t('bots.marketplace')}</Badge>
        : bot.is_public ? <Badge tone="leaf">{t('bots.public')}</Badge> : <Badge>{t('bots.private')}</Badge>,
    },
    { name: t('column.answers'), isFigure: true, from: 'sm', cell: (bot) => number(bot.answers) },
    { name: t('column.users'), isFigure: true, from: 'sm', cell: (bot) => number(bot.users) },
    { name: t('column.changed'), from: 'lg', cell: (bot) => ago(bot.updated_at) },
  ];
  return (
    <SearchedList label={t('bots.search')} words={words} onWords={setWords} query={query} isEmpty={bots.length === 0}>
      <Table caption={t('tab.bots')} columns={columns} rows={bots} keyOf={(bot) => bot.id} />
    </SearchedList>
  );
}
