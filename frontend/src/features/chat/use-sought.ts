import { useMutation } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { historyQuery, loadOlder, type LoadedHistory } from '@/features/chat/api';
import { showBranch } from '@/features/chat/branches';
import { queryClient } from '@/lib/query-client';

/** Loads the branch that a chat shows, back to a message, while that is wanted. False if it is not on that branch. */
async function reach(chatId: string, messageId: string, signal: AbortSignal): Promise<boolean> {
  const { queryKey } = historyQuery(chatId);
  for (;;) {
    signal.throwIfAborted();
    const history = queryClient.getQueryData<LoadedHistory>(queryKey);
    if (history?.messages.some(({ id }) => id === messageId)) return true;
    if (!history?.hasOlder) return false;
    await loadOlder(chatId);
  }
}

async function bring(chatId: string, messageId: string, signal: AbortSignal, show: (branch: { chatId: string; messageId: string }) => Promise<unknown>) {
  await queryClient.fetchQuery(historyQuery(chatId));
  if (await reach(chatId, messageId, signal)) return;
  // It stands on a branch that is not shown, or is gone: then this says so.
  await show({ chatId, messageId });
  await reach(chatId, messageId, signal);
}

/** Has a message loaded that was searched for, on whichever branch of its chat it is; gives what prevented it. */
export function useSought(chatId: string | undefined, messageId: string | undefined): unknown {
  const [failure, setFailure] = useState<{ messageId: string; error: unknown } | null>(null);
  const { mutateAsync: show } = useMutation(showBranch);
  useEffect(() => {
    if (chatId === undefined || messageId === undefined) return;
    const leaving = new AbortController();
    bring(chatId, messageId, leaving.signal, show).catch((error: unknown) => { if (!leaving.signal.aborted) setFailure({ messageId, error }); });
    return () => { leaving.abort(); };
  }, [chatId, messageId, show]);
  return failure && failure.messageId === messageId ? failure.error : null;
}
