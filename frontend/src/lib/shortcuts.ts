import { useEffect, useRef } from 'react';
import { isComposing } from '@/lib/is-composing';

export interface Shortcut {
  /** What the key writes on an English keyboard, in small letters. */
  key: string;
  shift?: boolean;
  run: () => void;
}

export const isMac = () => /mac|iphone|ipad/i.test(navigator.platform);

const codes: Record<string, string> = { '/': 'Slash' };

/** By what the key writes; where the keyboard is of another script, by its place. */
function isKey(event: KeyboardEvent, { key, shift = false }: Shortcut) {
  // A slash may itself need the shift key.
  if (/[a-z]/.test(key) && event.shiftKey !== shift) return false;
  const written = event.key.toLowerCase();
  if (written.length === 1 && written < '\x7f') return written === key;
  return event.code === (codes[key] ?? `Key${key.toUpperCase()}`);
}

/** Whether these keys, with Ctrl or on a Mac with Cmd, were pressed. */
export const isShortcut = (event: KeyboardEvent, shortcut: Shortcut) =>
  // With Alt it is AltGr, which writes signs.
  (isMac() ? event.metaKey && !event.ctrlKey : event.ctrlKey && !event.metaKey) && !event.altKey && !isComposing(event) && isKey(event, shortcut);

/** Keys that work wherever the focus is. */
export function useShortcuts(shortcuts: Shortcut[]) {
  const latest = useRef(shortcuts);
  useEffect(() => { latest.current = shortcuts; });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const shortcut = latest.current.find((candidate) => isShortcut(event, candidate));
      if (!shortcut) return;
      event.preventDefault();
      if (!event.repeat) shortcut.run();
    };
    // Before what has the focus, such as an editor of text.
    addEventListener('keydown', listen, { capture: true });
    return () => { removeEventListener('keydown', listen, { capture: true }); };
  }, []);
}
