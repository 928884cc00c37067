import { AlertDialog } from 'radix-ui';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/components/ui/button';
import type { ConfirmProps } from '@/components/ui/confirm';
import { useReturnFocus } from '@/components/ui/return-focus';
import { ErrorNote, errorText } from '@/components/ui/states';
import { toast } from '@/lib/toasts';

export default function ConfirmContent({ open, onOpenChange, title, children, action, onConfirm }: ConfirmProps) {
  const { t } = useTranslation();
  const giveFocusBack = useReturnFocus(open);
  const [error, setError] = useState<unknown>(null);
  const [isBusy, setBusy] = useState(false);
  // What is asked now; it may be something else by the time that the answer to the one before is there.
  const asked = useRef({});
  const change = (next: boolean) => {
    asked.current = {};
    setBusy(false);
    setError(null);
    onOpenChange(next);
  };
  const confirm = async () => {
    const mine = asked.current;
    setBusy(true);
    setError(null);
    try {
      await onConfirm();
      if (asked.current === mine) change(false);
    } catch (failure) {
      if (asked.current === mine) {
        setBusy(false);
        setError(failure);
      } else toast({ text: errorText(failure) });
    }
  };
  return (
    <AlertDialog.Root open={open} onOpenChange={change}>
      <AlertDialog.Portal>
        <AlertDialog.Overlay className="fixed inset-0 z-40 animate-fade bg-black/40 backdrop-blur-[2px]" />
        <AlertDialog.Content onCloseAutoFocus={giveFocusBack} className="fixed inset-x-4 top-1/2 z-50 mx-auto max-w-md -translate-y-1/2 animate-fade rounded-2xl border border-line bg-surface p-6 shadow-lift">
          <AlertDialog.Title className="text-lg font-semibold tracking-tight wrap-anywhere">{title}</AlertDialog.Title>
          <AlertDialog.Description className="mt-2 text-sm leading-6 text-ink-soft">{children}</AlertDialog.Description>
          {error !== null && <ErrorNote error={error} className="mt-4" />}
          <footer className="mt-6 flex justify-end gap-2">
            <AlertDialog.Cancel asChild><Button variant="secondary">{t('cancel')}</Button></AlertDialog.Cancel>
            <Button variant="danger" disabled={isBusy} onClick={() => { void confirm(); }}>{action}</Button>
          </footer>
        </AlertDialog.Content>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}
