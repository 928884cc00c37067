import { use, useInsertionEffect, useRef } from 'react';
import { Opener, openerNow } from '@/components/ui/on-demand';

/**
 * Radix gives the focus back to a dialog's own button, which ours do not have: here to what it was on when the
 * dialog opened or, if that is gone with its row, to the row beside it. For its `onCloseAutoFocus`.
 */
export function useReturnFocus(open: boolean) {
  const opener = useRef<HTMLElement | null>(null);
  const beside = useRef<(Element | null | undefined)[]>([]);
  const fetched = use(Opener);
  // Before a field in the dialog gets it, by `autoFocus`.
  useInsertionEffect(() => {
    if (!open) return;
    opener.current = fetched?.current ?? openerNow();
    const row = opener.current?.closest('li, tr');
    beside.current = [row?.nextElementSibling, row?.previousElementSibling];
  }, [open, fetched]);
  return (event: Event) => {
    event.preventDefault();
    if (opener.current?.isConnected) opener.current.focus();
    else (beside.current.find((row) => row?.isConnected)?.querySelector<HTMLElement>('a, button') ?? document.getElementById('main'))?.focus();
  };
}
