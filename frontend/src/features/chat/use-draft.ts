import { useCallback, useEffect, useState } from 'react';

const key = (chatId: string | undefined) => `mangoo-draft:${chatId ?? 'new'}`;

interface State {
  chatId: string | undefined;
  text: string;
  /** The chat that the new one becomes. */
  movesTo?: string;
  hasMoved?: boolean;
}

/** What was typed and not yet sent, per chat. It outlives a reload and a sign-in. */
export function useDraft(chatId: string | undefined) {
  const [state, setState] = useState<State>({ chatId, text: read(chatId) });
  if (state.chatId !== chatId) {
    const hasMoved = state.chatId === undefined && state.movesTo === chatId;
    setState({ chatId, text: hasMoved ? state.text : read(chatId), hasMoved });
  }
  useEffect(() => {
    if (!state.hasMoved) return;
    keep(undefined, '');
    keep(state.chatId, state.text);
  }, [state]);
  const write = useCallback(
    (text: string) => {
      setState((before) => ({ ...before, chatId, text }));
      keep(chatId, text);
    },
    [chatId],
  );
  return {
    text: state.chatId === chatId ? state.text : read(chatId),
    write,
    /** Puts back what could not be sent, before what was typed meanwhile. */
    restore: (text: string) => { write([text, read(chatId)].filter(Boolean).join('\n\n')); },
    /** What is typed for a new chat while its first question is on the way is meant for the chat that it becomes. */
    moveTo: (id: string) => { setState((before) => ({ ...before, movesTo: id })); },
  };
}

function keep(chatId: string | undefined, text: string) {
  try {
    if (text) sessionStorage.setItem(key(chatId), text);
    else sessionStorage.removeItem(key(chatId));
  } catch {
    // Storage is full or blocked: the draft lives as long as the page then.
  }
}

function read(chatId: string | undefined) {
  try {
    return sessionStorage.getItem(key(chatId)) ?? '';
  } catch {
    return '';
  }
}
