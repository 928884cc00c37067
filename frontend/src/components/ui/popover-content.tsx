import { Popover as Radix } from 'radix-ui';
import type { ReactNode, RefObject } from 'react';
import type { Floating } from '@/components/ui/on-demand';
import { cn } from '@/lib/cn';

interface Props extends Floating {
  label: string;
  children: (close: () => void) => ReactNode;
  className?: string;
}

export default function PopoverContent({ open, onOpenChange, anchor, label, children, className }: Props) {
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Anchor virtualRef={anchor as RefObject<HTMLButtonElement>} />
      <Radix.Portal>
        <Radix.Content
          side="top"
          sideOffset={8}
          collisionPadding={12}
          aria-label={label}
          // The button itself closes it too.
          onInteractOutside={(event) => { if (anchor.current?.contains(event.target as Node)) event.preventDefault(); }}
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            // Who went elsewhere stays there.
            if (document.activeElement === document.body) anchor.current?.focus();
          }}
          className={cn('z-50 flex max-h-[min(26rem,var(--radix-popover-content-available-height))] w-[min(26rem,calc(100vw-1.5rem))] animate-rise flex-col rounded-2xl border border-line bg-surface shadow-lift', className)}
        >
          {children(() => { onOpenChange(false); })}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
