import { type KeyboardEvent, type RefObject, useId, useState } from 'react';
import type { Bot } from '@/api/types';
import { matching, triggerAt } from '@/features/chat/suggestions';

export interface Suggestion {
  key: string;
  name: string;
  /** The one that it picks. */
  bot?: Bot;
  pick: () => void;
}

export const optionId = (id: string, index: number) => `${id}-${index}`;

export interface Choices {
  bots: Bot[];
  onBot: (bot: Bot) => void;
  /** What a chat with the bot may begin with. */
  starters: string[];
}

/** Offers bots after `@` and starters after `/`; arrows move, Enter and Tab pick, Escape puts it away. */
export function useSuggestions(box: RefObject<HTMLTextAreaElement | null>, value: string, onChange: (text: string) => void, choices: Choices | undefined) {
  const id = useId();
  const [caret, setCaret] = useState(0);
  const [active, setActive] = useState({ query: '', index: 0 });
  const [dismissed, setDismissed] = useState<string | null>(null);

  const found = choices ? triggerAt(value, Math.min(caret, value.length)) : null;
  const trigger = found && dismissed !== `${found.kind}${found.start}` ? found : null;

  const replace = (text: string, at: number) => {
    onChange(text);
    setCaret(at);
    // Once the text is there.
    requestAnimationFrame(() => box.current?.setSelectionRange(at, at));
  };
  const suggestions: Suggestion[] = !trigger || !choices ? [] : trigger.kind === 'bot'
    ? matching(choices.bots, trigger.query, ({ name }) => name).map((bot) => ({
        key: bot.id,
        name: bot.name,
        bot,
        pick: () => {
          choices.onBot(bot);
          replace(value.slice(0, trigger.start) + value.slice(trigger.start + 1 + trigger.query.length).replace(/^ /, ''), trigger.start);
        },
      }))
    : matching(choices.starters, trigger.query, (starter) => starter).map((starter) => ({ key: starter, name: starter, pick: () => { replace(starter, starter.length); } }));

  const query = trigger ? `${trigger.kind}${trigger.query}` : '';
  const index = active.query === query ? Math.min(active.index, suggestions.length - 1) : 0;
  // A `/` or `@` that nothing comes of is a letter as any other.
  const isOpen = trigger !== null && (suggestions.length > 0 || (trigger.kind === 'bot' && trigger.query.length < 3));

  /** Whether the key was for the list. */
  const onKey = (event: KeyboardEvent): boolean => {
    if (!isOpen) return false;
    const to = { ArrowDown: index + 1, ArrowUp: index - 1 }[event.key];
    if (to !== undefined && suggestions.length > 0) setActive({ query, index: (to + suggestions.length) % suggestions.length });
    else if ((event.key === 'Enter' && !event.shiftKey) || event.key === 'Tab') {
      const picked = suggestions[index];
      if (!picked) return false;
      picked.pick();
    } else if (event.key === 'Escape') setDismissed(`${trigger.kind}${trigger.start}`);
    else return false;
    event.preventDefault();
    return true;
  };

  return {
    id,
    isOpen,
    kind: trigger?.kind ?? null,
    suggestions,
    active: index,
    setActive: (to: number) => { setActive({ query, index: to }); },
    onKey,
    /** To be told where the caret is. */
    onCaret: () => {
      setCaret(box.current?.selectionStart ?? 0);
      if (!found) setDismissed(null);
    },
  };
}
