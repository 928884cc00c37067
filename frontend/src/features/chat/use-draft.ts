import { useCallback, useState } from 'react';

const key = (chatId: string | undefined) => `mangoo-draft:${chatId ?? 'new'}`;

/** What was typed and not yet sent, per chat. It outlives a reload and a sign-in. */
export function useDraft(chatId: string | undefined) {
  const [draft, setDraft] = useState({ chatId, text: read(chatId) });
  if (draft.chatId !== chatId) setDraft({ chatId, text: read(chatId) });
  const write = useCallback(
    (text: string) => {
      setDraft({ chatId, text });
      try {
        if (text) sessionStorage.setItem(key(chatId), text);
        else sessionStorage.removeItem(key(chatId));
      } catch {
        // Storage is full or blocked: the draft lives as long as the page then.
      }
    },
    [chatId],
  );
  /** Puts back what could not be sent, unless something else was typed meanwhile. */
  const restore = useCallback((text: string) => { if (!read(chatId)) write(text); }, [chatId, write]);
  return [draft.chatId === chatId ? draft.text : read(chatId), write, restore] as const;
}

function read(chatId: string | undefined) {
  try {
    return sessionStorage.getItem(key(chatId)) ?? '';
  } catch {
    return '';
  }
}
