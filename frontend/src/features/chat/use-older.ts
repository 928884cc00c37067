import { useMutation } from '@tanstack/react-query';
import { useMemo } from 'react';
import { loadOlder } from '@/features/chat/api';

export interface Older {
  /** There are messages that are not loaded. */
  hasMore: boolean;
  /** They may be loaded now, unasked. */
  canLoad: boolean;
  load: () => void;
  isLoading: boolean;
  hasFailed: boolean;
}

/** The messages of a chat before those that are loaded. */
export function useOlder(chatId: string | undefined, hasMore: boolean): Older {
  const { mutate, variables, ...state } = useMutation({ mutationFn: (id: string) => loadOlder(id) });
  // It may be about the chat before.
  const isPending = state.isPending && variables === chatId;
  const isError = state.isError && variables === chatId;
  return useMemo(
    () => ({
      hasMore,
      canLoad: hasMore && !isPending && !isError,
      load: () => { if (chatId !== undefined) mutate(chatId); },
      isLoading: isPending,
      hasFailed: isError,
    }),
    [chatId, hasMore, mutate, isPending, isError],
  );
}
