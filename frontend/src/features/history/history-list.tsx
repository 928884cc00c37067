import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { Chat } from '@/api/types';
import { Button } from '@/components/ui/button';
import { ErrorNote, Loading } from '@/components/ui/states';
import { chatsQuery } from '@/features/chat/api';
import { pinnedQuery } from '@/features/history/api';
import { ChatRow } from '@/features/history/chat-row';
import { useKept } from '@/features/history/deletion';
import { type Group, groupChats, useDay } from '@/features/history/groups';

/** One's chats by day, newest first. */
export function HistoryList() {
  const { t } = useTranslation('history');
  return (
    <section aria-label={t('chats')} className="min-h-0 flex-1 overflow-y-auto px-3 pb-3">
      <Chats />
    </section>
  );
}

function Chats() {
  const { t } = useTranslation('history');
  const chats = useInfiniteQuery(chatsQuery);
  const kept = useKept(chats.data ?? []);
  const pinned = useKept(useQuery(pinnedQuery).data ?? []);
  const day = useDay();
  if (chats.isPending) return <Loading rows={5} className="space-y-1.5" rowClassName="h-8 rounded-lg" />;
  if (chats.isLoadingError) return <ErrorNote error={chats.error}><button type="button" className="font-medium underline" onClick={() => void chats.refetch()}>{t('retry')}</button></ErrorNote>;
  if (kept.length === 0 && pinned.length === 0 && !chats.hasNextPage) return <p className="px-3 py-2 text-sm text-ink-faint">{t('none')}</p>;
  return (
    <>
      {groupChats(pinned, kept, day).map(({ group, chats }) => <GroupOfChats key={group} group={group} chats={chats} />)}
      {chats.isFetchNextPageError && <ErrorNote error={chats.error} />}
      {chats.hasNextPage && (
        <Button variant="ghost" size="sm" className="mt-1 w-full" disabled={chats.isFetchingNextPage} onClick={() => void chats.fetchNextPage()}>
          {chats.isFetchingNextPage ? t('loading') : t('more')}
        </Button>
      )}
    </>
  );
}

function GroupOfChats({ group, chats }: { group: Group; chats: Chat[] }) {
  const { t } = useTranslation('history');
  const id = useId();
  return (
    <div role="group" aria-labelledby={id} className="mb-4">
      <h3 id={id} className="px-3 pb-1.5 text-xs font-medium text-ink-faint">{t(`group.${group}`)}</h3>
      <ul className="space-y-0.5">{chats.map((chat) => <ChatRow key={chat.id} chat={chat} />)}</ul>
    </div>
  );
}
