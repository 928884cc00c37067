import { X } from 'lucide-react';
import { Toast as Radix } from 'radix-ui';
import { useRef } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from 'react-i18next';
import { Button } from '@/components/ui/button';
import { actOnToast, endToast, type Toast, toasts } from '@/lib/toasts';

/** Time enough to read, and to change one's mind. It stands still under the pointer, the focus, and while the page is in the background. */
const DURATION_MS = 8000;

/** Where toasts are shown: F8 brings the focus there. */
export default function Toaster() {
  const { t } = useTranslation();
  // Beside the page, which a dialog hides from screen readers.
  return createPortal(
    <Radix.Provider duration={DURATION_MS} label={t('notification')} swipeDirection="down">
      {toasts.use().map((toast) => <Item key={toast.id} toast={toast} />)}
      <Radix.Viewport
        label={t('notifications')}
        className="fixed inset-x-4 bottom-[max(1rem,env(safe-area-inset-bottom))] z-60 mx-auto flex max-w-md flex-col gap-2 outline-none"
      />
    </Radix.Provider>,
    document.body,
  );
}

function Item({ toast }: { toast: Toast }) {
  const { t } = useTranslation();
  const root = useRef<HTMLLIElement>(null);
  // An Escape is for what has the focus: elsewhere it does not end the time for a change of mind.
  const isElsewhere = useRef(false);
  const onEscape = (event: KeyboardEvent) => {
    isElsewhere.current = !root.current?.contains(document.activeElement);
    if (isElsewhere.current) return;
    event.preventDefault();
    // The list of toasts, from which F8's way back is known.
    root.current?.parentElement?.focus();
    endToast(toast.id);
  };
  const close = () => {
    const isKept = isElsewhere.current && toast.action !== undefined;
    isElsewhere.current = false;
    if (!isKept) endToast(toast.id);
  };
  return (
    <Radix.Root
      ref={root}
      open
      onOpenChange={close}
      onEscapeKeyDown={onEscape}
      className="pointer-events-auto flex animate-rise items-center gap-3 rounded-2xl border border-line-strong bg-surface py-2 ps-4 pe-2 text-sm shadow-lift data-[swipe=move]:translate-y-(--radix-toast-swipe-move-y)"
    >
      <Radix.Description dir="auto" className="line-clamp-2 min-w-0 flex-1 wrap-anywhere">{toast.text}</Radix.Description>
      {toast.action && (
        <Radix.Action asChild altText={toast.action.label}>
          <Button variant="secondary" size="sm" onClick={() => { actOnToast(toast.id); }}>{toast.action.label}</Button>
        </Radix.Action>
      )}
      <Radix.Close asChild>
        <Button variant="ghost" size="icon" className="size-8" aria-label={t('close')}><X /></Button>
      </Radix.Close>
    </Radix.Root>
  );
}
