import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArchiveRestore, Trash2 } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/components/ui/button';
import { Failed, Loading } from '@/components/ui/states';
import { archivedQuery } from '@/features/history/api';
import { restoreChat } from '@/features/history/archive';
import { deleteLater, useKept } from '@/features/history/deletion';
import { focusNeighbour } from '@/features/history/focus-neighbour';
import { ago } from '@/lib/format';

/** Chats out of sight, to be opened, brought back or deleted. */
export function ArchivedChats() {
  const { t } = useTranslation('history');
  const chats = useInfiniteQuery(archivedQuery);
  const kept = useKept(chats.data ?? []);
  if (chats.isPending) return <Loading rows={2} rowClassName="h-12" />;
  if (chats.isLoadingError) return <Failed error={chats.error} onRetry={() => void chats.refetch()} />;
  if (kept.length === 0) return <p className="text-sm text-ink-soft">{t('archive.none')}</p>;
  return (
    <>
      <ul aria-label={t('archive.label')} className="divide-y divide-line">
        {kept.map((chat) => {
          const title = chat.title || t('newChat');
          return (
            <li key={chat.id} className="flex items-center gap-1 py-2 first:pt-0 last:pb-0">
              <div className="min-w-0 flex-1">
                <Link to="/chat/{-$chatId}" params={{ chatId: chat.id }} dir="auto" className="block truncate text-sm font-medium underline-offset-3 hover:underline">{title}</Link>
                <p className="text-xs text-ink-soft">{ago(chat.updated_at)}</p>
              </div>
              <Button variant="ghost" size="icon" title={t('archive.restore')} aria-label={t('archive.restoreOf', { title })} onClick={({ currentTarget }) => { focusNeighbour(currentTarget.closest('li')); void restoreChat(chat.id); }}><ArchiveRestore /></Button>
              <Button variant="ghost" size="icon" title={t('delete')} aria-label={t('deletion.of', { title })} onClick={({ currentTarget }) => { focusNeighbour(currentTarget.closest('li')); deleteLater(chat, () => undefined); }}><Trash2 /></Button>
            </li>
          );
        })}
      </ul>
      {chats.hasNextPage && <Button variant="ghost" size="sm" disabled={chats.isFetchingNextPage} onClick={() => void chats.fetchNextPage()}>{chats.isFetchingNextPage ? t('loading') : t('more')}</Button>}
    </>
  );
}
