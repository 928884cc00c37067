import { t } from 'i18next';
import { api, ok } from '@/api/client';
import { sendLast } from '@/api/connection';
import { isMissing } from '@/api/error';
import type { Chat } from '@/api/types';
import { errorText } from '@/components/ui/states';
import { beforeSignOut } from '@/features/auth/session';
import { queryClient } from '@/lib/query-client';
import { sharedValue } from '@/lib/shared-value';
import { toast } from '@/lib/toasts';

interface Pending {
  chat: Chat;
  /** Ends the time for a change of mind. */
  end: () => void;
}

/** Chats that the page hides, and the service has yet. */
const pending = sharedValue<ReadonlyMap<string, Pending>>(new Map());

const forget = (id: string) => { pending.set(new Map([...pending.get()].filter(([other]) => other !== id))); };

/** Without those that are about to be deleted. */
export function useKept<T extends { id: string }>(chats: readonly T[]): T[] {
  const hidden = pending.use();
  return chats.filter(({ id }) => !hidden.has(id));
}

/** Hides a chat, and has it deleted when nobody has undone that for a while, or the page is left. */
export function deleteLater(chat: Chat, onUndo: () => void) {
  if (pending.get().has(chat.id)) return;
  const end = toast({
    text: t('deletion.done', { ns: 'history', title: chat.title || t('newChat') }),
    action: {
      label: t('deletion.undo', { ns: 'history' }),
      run: () => {
        forget(chat.id);
        onUndo();
      },
    },
    onDone: () => void remove(chat.id),
  });
  pending.set(new Map(pending.get()).set(chat.id, { chat, end }));
}

/** Leaves a chat that was about to be deleted where it is. */
export function keepChat(id: string) {
  const end = pending.get().get(id)?.end;
  forget(id);
  end?.();
}

async function remove(id: string) {
  if (!pending.get().has(id)) return;
  try {
    // It goes on also when the page is on its way out.
    await ok(api.DELETE('/api/v1/chats/{chat_id}', { params: { path: { chat_id: id } }, keepalive: true }));
  } catch (error) {
    // Deleted elsewhere is deleted.
    if (!isMissing(error)) {
      forget(id);
      toast({ text: t('deletion.failed', { ns: 'history', reason: errorText(error) }) });
      return;
    }
  }
  queryClient.removeQueries({ queryKey: ['history', id] });
  await queryClient.invalidateQueries({ queryKey: ['chats'] });
  forget(id);
}

/** Deletes at once what is waiting for it, while the page goes. */
function deleteAtLast() {
  const last = [...pending.get()];
  pending.set(new Map());
  for (const [id, { end }] of last) {
    sendLast('DELETE', `/chats/${id}`);
    end();
  }
}

addEventListener('pagehide', deleteAtLast);
// A page that comes back as it was still shows what is gone.
addEventListener('pageshow', ({ persisted }) => { if (persisted) void queryClient.invalidateQueries({ queryKey: ['chats'] }); });
beforeSignOut(deleteAtLast);
