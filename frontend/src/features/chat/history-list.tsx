import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Ellipsis, Pencil, Search, Trash2, X } from 'lucide-react';
import { useDeferredValue, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Chat } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Confirm } from '@/components/ui/confirm';
import { Dialog } from '@/components/ui/dialog';
import { Field, Input } from '@/components/ui/field';
import { Menu, MenuItem, MenuLine } from '@/components/ui/menu';
import { ErrorNote, Loading } from '@/components/ui/states';
import { chatSearchQuery, chatsQuery, deleteChat, renameChat } from '@/features/chat/api';
import { useAnswers } from '@/features/chat/answers';
import { useDebounced } from '@/lib/use-debounced';

/** One's chats, newest first, and a search in what was said in them. */
export function HistoryList() {
  const { t } = useTranslation('chat');
  const [search, setSearch] = useState('');
  const query = useDebounced(search.trim(), 250);
  return (
    <section aria-label={t('list.label')} className="flex min-h-0 flex-1 flex-col">
      <div className="relative mx-3 mb-2">
        <Search className="pointer-events-none absolute start-3 top-2.5 size-4 text-ink-faint" aria-hidden />
        <Input
          type="search"
          value={search}
          onChange={(event) => { setSearch(event.target.value); }}
          placeholder={t('list.search')}
          aria-label={t('list.search')}
          className="h-9 border-transparent bg-raised px-9 text-sm [&::-webkit-search-cancel-button]:hidden"
        />
        {search && (
          <button type="button" aria-label={t('list.clear')} onClick={() => { setSearch(''); }} className="absolute end-1.5 top-1.5 grid size-6 place-items-center rounded-md text-ink-faint hover:text-ink">
            <X className="size-4" aria-hidden />
          </button>
        )}
      </div>
      <div className="min-h-0 flex-1 overflow-y-auto px-3 pb-3">{query ? <Matches query={query} /> : <Chats />}</div>
    </section>
  );
}

function Chats() {
  const { t } = useTranslation('chat');
  const chats = useInfiniteQuery(chatsQuery);
  if (chats.isPending) return <Loading rows={4} className="space-y-1.5" rowClassName="h-8 rounded-lg" />;
  if (chats.isError) return <ErrorNote error={chats.error}><button type="button" className="font-medium underline" onClick={() => void chats.refetch()}>{t('retry')}</button></ErrorNote>;
  if (chats.data.length === 0) return <p className="px-3 py-2 text-sm text-ink-faint">{t('list.none')}</p>;
  return (
    <>
      <ul className="space-y-0.5">{chats.data.map((chat) => <Row key={chat.id} chat={chat} />)}</ul>
      {chats.hasNextPage && (
        <Button variant="ghost" size="sm" className="mt-1 w-full" disabled={chats.isFetchingNextPage} onClick={() => void chats.fetchNextPage()}>
          {chats.isFetchingNextPage ? t('loading') : t('list.older')}
        </Button>
      )}
    </>
  );
}

function Row({ chat }: { chat: Chat }) {
  const { t } = useTranslation('chat');
  const [dialog, setDialog] = useState<'rename' | 'delete' | null>(null);
  const isBusy = useAnswers((state) => Object.values(state.answers).some((answer) => answer.chatId === chat.id));
  const { chatId: open } = useParams({ strict: false });
  const navigate = useNavigate();
  const remove = useMutation(deleteChat);
  const title = chat.title || t('newChat');
  const close = () => { setDialog(null); };
  return (
    <li className="group relative">
      <Link
        to="/chat/{-$chatId}"
        params={{ chatId: chat.id }}
        className="flex h-9 items-center gap-2 rounded-lg ps-3 pe-9 text-sm text-ink-soft hover:bg-raised hover:text-ink data-[status=active]:bg-raised data-[status=active]:font-medium data-[status=active]:text-ink"
      >
        {isBusy && <span role="img" aria-label={t('list.underway')} className="size-1.5 shrink-0 animate-pulse rounded-full bg-mango-strong" />}
        <span dir="auto" className="min-w-0 flex-1 truncate">{title}</span>
      </Link>
      <Menu
        trigger={
          <button type="button" aria-label={t('list.more', { title })} className="absolute end-1 top-1 grid size-7 place-items-center rounded-md text-ink-faint opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 hover:bg-line hover:text-ink data-[state=open]:opacity-100 pointer-coarse:opacity-100">
            <Ellipsis className="size-4" aria-hidden />
          </button>
        }
      >
        <MenuItem onSelect={() => { setDialog('rename'); }}><Pencil /> {t('rename.action')}</MenuItem>
        <MenuLine />
        <MenuItem danger onSelect={() => { setDialog('delete'); }}><Trash2 /> {t('delete')}</MenuItem>
      </Menu>
      <Dialog open={dialog === 'rename'} onOpenChange={close} title={t('rename.title')}><Rename chat={chat} onDone={close} /></Dialog>
      <Confirm
        open={dialog === 'delete'}
        onOpenChange={close}
        title={t('deletion.title', { title })}
        action={t('deletion.action')}
        onConfirm={async () => {
          await remove.mutateAsync(chat.id);
          if (open === chat.id) await navigate({ to: '/chat/{-$chatId}', params: { chatId: undefined } });
        }}
      >
        {t('deletion.text')}
      </Confirm>
    </li>
  );
}

function Rename({ chat, onDone }: { chat: Chat; onDone: () => void }) {
  const { t } = useTranslation('chat');
  const [title, setTitle] = useState(chat.title);
  const rename = useMutation(renameChat);
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        rename.mutate({ id: chat.id, title: title.trim() }, { onSuccess: onDone });
      }}
    >
      <Field label={t('rename.label')}>{(control) => <Input {...control} value={title} maxLength={200} autoFocus onChange={(event) => { setTitle(event.target.value); }} />}</Field>
      {rename.isError && <ErrorNote error={rename.error} />}
      <div className="flex justify-end gap-2">
        <Button variant="secondary" onClick={onDone}>{t('cancel')}</Button>
        <Button type="submit" disabled={!title.trim() || rename.isPending}>{t('rename.action')}</Button>
      </div>
    </form>
  );
}

function Matches({ query }: { query: string }) {
  const { t } = useTranslation('chat');
  const matches = useQuery(chatSearchQuery(useDeferredValue(query)));
  if (matches.isPending) return <Loading rows={3} className="space-y-1.5" rowClassName="h-14 rounded-lg" />;
  if (matches.isError) return <ErrorNote error={matches.error} />;
  if (matches.data.length === 0) return <p className="px-3 py-2 text-sm text-ink-faint">{t('list.noMatch', { query })}</p>;
  return (
    <ul className="space-y-0.5">
      {matches.data.map((match) => (
        <li key={match.message_id}>
          <Link to="/chat/{-$chatId}" params={{ chatId: match.chat_id }} className="block rounded-lg px-3 py-2 hover:bg-raised">
            <span dir="auto" className="block truncate text-sm font-medium">{match.title || t('newChat')}</span>
            <span dir="auto" className="line-clamp-2 text-xs leading-5 text-ink-faint">
              {match.snippet.map((part, index) => (part.is_match ? <mark key={index} className="rounded-sm bg-mango-wash text-mango-ink">{part.text}</mark> : part.text))}
            </span>
          </Link>
        </li>
      ))}
    </ul>
  );
}
