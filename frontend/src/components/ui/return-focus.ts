import { useInsertionEffect, useRef } from 'react';

/**
 * Radix gives the focus back to a dialog's own button, which ours do not have: here to what it was on when the
 * dialog opened or, if that is gone with its row, to the row beside it. For its `onCloseAutoFocus`.
 */
export function useReturnFocus(open: boolean) {
  const opener = useRef<HTMLElement | null>(null);
  const beside = useRef<(Element | null | undefined)[]>([]);
  // Before a field in the dialog gets it, by `autoFocus`.
  useInsertionEffect(() => {
    if (!open) return;
    const before = document.activeElement as HTMLElement | null;
    // A menu is gone when the dialog closes that its item has opened: its button is not.
    const menu = before?.closest('[role=menu]');
    opener.current = menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : before;
    const row = opener.current?.closest('li, tr');
    beside.current = [row?.nextElementSibling, row?.previousElementSibling];
  }, [open]);
  return (event: Event) => {
    event.preventDefault();
    if (opener.current?.isConnected) opener.current.focus();
    else (beside.current.find((row) => row?.isConnected)?.querySelector<HTMLElement>('a, button') ?? document.getElementById('main'))?.focus();
  };
}
