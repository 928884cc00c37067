import { t } from 'i18next';
import { api, ok } from '@/api/client';
import { errorText } from '@/components/ui/states';
import { queryClient } from '@/lib/query-client';
import { toast } from '@/lib/toasts';

/** Brings a chat back among the others. */
export async function restoreChat(id: string) {
  try {
    await ok(api.PATCH('/api/v1/chats/{chat_id}', { params: { path: { chat_id: id } }, body: { is_archived: false } }));
  } catch (error) {
    toast({ text: t('archive.failed', { ns: 'history', reason: errorText(error) }) });
  }
  await queryClient.invalidateQueries({ queryKey: ['chats'] });
}
