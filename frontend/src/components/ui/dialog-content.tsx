import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { useTranslation } from 'react-i18next';
import { Button } from '@/components/ui/button';
import type { DialogProps } from '@/components/ui/dialog';
import { useReturnFocus } from '@/components/ui/return-focus';
import { cn } from '@/lib/cn';

export default function DialogContent({ open, onOpenChange, title, description, children, side = 'center', className }: DialogProps) {
  const { t } = useTranslation();
  const giveFocusBack = useReturnFocus(open);
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-black/40 backdrop-blur-[2px]" />
        <Radix.Content
          {...(description ? {} : { 'aria-describedby': undefined })}
          onCloseAutoFocus={giveFocusBack}
          // A field that Esc leaves is left first.
          onEscapeKeyDown={(event) => { if (event.target instanceof Element && event.target.matches('[data-leaves-on-escape]')) event.preventDefault(); }}
          onOpenAutoFocus={(event) => {
            // A drawer's first field is not what it was opened for, and on a phone its keyboard would cover it.
            if (side === 'center') return;
            event.preventDefault();
            (event.currentTarget as HTMLElement | null)?.focus();
          }}
          className={cn(
            'fixed z-50 flex flex-col bg-surface shadow-lift focus:outline-none',
            side === 'center' &&
              'inset-x-4 top-1/2 mx-auto max-h-[85dvh] max-w-lg -translate-y-1/2 animate-fade rounded-2xl border border-line p-6',
            side === 'start' && 'inset-y-0 start-0 w-[min(20rem,85vw)] animate-slide bg-sidebar',
            className,
          )}
        >
          {side === 'start' ? (
            <Radix.Title className="sr-only">{title}</Radix.Title>
          ) : (
            <header className="mb-4 flex items-start gap-4">
              <div className="min-w-0 flex-1">
                <Radix.Title className="text-lg font-semibold tracking-tight wrap-anywhere">{title}</Radix.Title>
                {description && <Radix.Description className="mt-1 text-sm leading-6 text-ink-soft">{description}</Radix.Description>}
              </div>
              <Radix.Close asChild>
                <Button variant="ghost" size="icon" className="-mt-1.5 -me-2" aria-label={t('close')}><X /></Button>
              </Radix.Close>
            </header>
          )}
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
