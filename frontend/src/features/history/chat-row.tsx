import { useMutation } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { Archive, Ellipsis, FileDown, FileJson, Pencil, Pin, PinOff, Share2, Trash2 } from 'lucide-react';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Chat } from '@/api/types';
import { Menu, MenuItem, MenuLine } from '@/components/ui/menu';
import { whenOpened } from '@/components/ui/on-demand';
import { errorText } from '@/components/ui/states';
import { useAnswers } from '@/features/chat/answers';
import { changeChat } from '@/features/history/api';
import { restoreChat } from '@/features/history/archive';
import { deleteLater } from '@/features/history/deletion';
import { focusNeighbour } from '@/features/history/focus-neighbour';
import { RenameField } from '@/features/history/rename-field';
import { downloadChat, type Format } from '@/features/sharing/api';
import { toast } from '@/lib/toasts';

const ShareDialog = whenOpened(async () => ({ default: (await import('@/features/sharing/share-dialog')).ShareDialog }));

/** A chat in the list: F2 or a double click renames it in place, Delete deletes it. */
export function ChatRow({ chat }: { chat: Chat }) {
  const { t } = useTranslation('history');
  const [isSharing, setSharing] = useState(false);
  const [isRenaming, setRenaming] = useState(false);
  const isBusy = useAnswers((state) => Object.values(state.answers).some((answer) => answer.chatId === chat.id));
  const { chatId: open } = useParams({ strict: false });
  const navigate = useNavigate();
  const { mutate: change, mutateAsync: changeSurely } = useMutation(changeChat);
  const row = useRef<HTMLLIElement>(null);
  const title = chat.title || t('newChat');
  const goTo = (chatId: string | undefined) => void navigate({ to: '/chat/{-$chatId}', params: { chatId } });

  const endRenaming = (next: string | null) => {
    setRenaming(false);
    // Whoever ended it by going elsewhere is there.
    requestAnimationFrame(() => { if (document.activeElement === document.body) row.current?.querySelector('a')?.focus(); });
    if (next === null || next === chat.title) return;
    change({ id: chat.id, title: next });
  };
  const pin = () => {
    focusNeighbour(row.current);
    change({ id: chat.id, is_pinned: !chat.is_pinned });
  };
  const save = (format: Format) => { downloadChat(chat, format).catch((error: Error) => { toast({ text: errorText(error) }); }); };
  const archive = () => {
    focusNeighbour(row.current);
    const end = toast({
      text: t('archive.done', { title }),
      action: { label: t('deletion.undo'), run: () => void restoreChat(chat.id) },
    });
    changeSurely({ id: chat.id, is_archived: true }).catch(end);
  };
  const remove = () => {
    focusNeighbour(row.current);
    const isOpen = open === chat.id;
    deleteLater(chat, () => { if (isOpen) goTo(chat.id); });
    if (isOpen) goTo(undefined);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'F2') setRenaming(true);
    else if (event.key === 'Delete') {
      // A key that is held would go on with the chats that follow.
      if (!event.repeat) remove();
    } else return;
    event.preventDefault();
  };

  if (isRenaming) return <li><RenameField title={chat.title} onEnd={endRenaming} /></li>;
  return (
    <li ref={row} className="group relative">
      <Link
        to="/chat/{-$chatId}"
        params={{ chatId: chat.id }}
        aria-keyshortcuts="F2 Delete"
        title={title}
        onDoubleClick={() => { setRenaming(true); }}
        onKeyDown={onKeyDown}
        className="flex h-9 items-center gap-2 rounded-lg ps-3 pe-9 text-sm text-ink-soft hover:bg-raised hover:text-ink data-[status=active]:bg-raised data-[status=active]:font-medium data-[status=active]:text-ink pointer-coarse:h-11"
      >
        {isBusy && <span role="img" aria-label={t('underway')} className="size-1.5 shrink-0 animate-pulse rounded-full bg-mango-strong" />}
        <span dir="auto" className="min-w-0 flex-1 truncate">{title}</span>
      </Link>
      <Menu
        trigger={
          <button type="button" aria-label={t('actions', { title })} className="absolute end-1 top-1 grid size-7 place-items-center rounded-md text-ink-faint opacity-0 group-focus-within:opacity-100 group-hover:opacity-100 hover:bg-line hover:text-ink data-[state=open]:opacity-100 pointer-coarse:size-9 pointer-coarse:opacity-100">
            <Ellipsis className="size-4" aria-hidden />
          </button>
        }
      >
        {/* After the menu has given the focus back, so that the field keeps it. */}
        <MenuItem onSelect={() => { setTimeout(() => { setRenaming(true); }); }}><Pencil /> {t('rename')}</MenuItem>
        <MenuItem onSelect={() => { setTimeout(pin); }}>{chat.is_pinned ? <><PinOff /> {t('unpin')}</> : <><Pin /> {t('pin')}</>}</MenuItem>
        <MenuItem onSelect={() => { setTimeout(archive); }}><Archive /> {t('archive.action')}</MenuItem>
        <MenuItem onSelect={() => { setTimeout(() => { setSharing(true); }); }}><Share2 /> {t('share')}</MenuItem>
        <MenuItem onSelect={() => { save('markdown'); }}><FileDown /> {t('export.markdown')}</MenuItem>
        <MenuItem onSelect={() => { save('json'); }}><FileJson /> {t('export.json')}</MenuItem>
        <MenuLine />
        <MenuItem danger onSelect={() => { setTimeout(remove); }}><Trash2 /> {t('delete')}</MenuItem>
      </Menu>
      <ShareDialog chat={chat} open={isSharing} onOpenChange={setSharing} />
    </li>
  );
}
