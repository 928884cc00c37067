import { useInsertionEffect, useRef } from 'react';

/**
 * Radix gives the focus back to a dialog's own button, which ours do not have: here to what it was on when the
 * dialog opened. For its `onCloseAutoFocus`.
 */
export function useReturnFocus(open: boolean) {
  const opener = useRef<HTMLElement | null>(null);
  // Before a field in the dialog gets it, by `autoFocus`.
  useInsertionEffect(() => {
    if (!open) return;
    const before = document.activeElement as HTMLElement | null;
    // A menu is gone when the dialog closes that its item has opened: its button is not.
    const menu = before?.closest('[role=menu]');
    opener.current = menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : before;
  }, [open]);
  return (event: Event) => {
    event.preventDefault();
    opener.current?.focus();
  };
}
