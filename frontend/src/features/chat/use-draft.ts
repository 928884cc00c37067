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

/** What storage did not take, because it is full or blocked: it lives as long as the page. */
const unstored = new Map<string, string>();

function keep(chatId: string | undefined, text: string) {
  const name = key(chatId);
  unstored.delete(name);
  try {
    if (text) sessionStorage.setItem(name, text);
    else sessionStorage.removeItem(name);
  } catch {
    unstored.set(name, text);
  }
}

function read(chatId: string | undefined) {
  const name = key(chatId);
  try {
    return unstored.get(name) ?? sessionStorage.getItem(name) ?? '';
  } catch {
    return '';
  }
}
