import { Menu as Radix } from 'radix-ui/internal';
import type { ReactNode } from 'react';
import { MenuParts } from '@/components/ui/menu';
import type { Floating } from '@/components/ui/on-demand';
import { cn } from '@/lib/cn';

interface Props extends Floating {
  children: ReactNode;
  align?: 'start' | 'center' | 'end';
  side?: 'top' | 'bottom';
  className?: string;
}

// Radix's own DropdownMenu wants its button to be its part, and so to be there from the beginning.
export default function MenuContent({ open, onOpenChange, anchor, labelledBy, children, align = 'end', side = 'bottom', className }: Props) {
  return (
    // Not modal: that hides the page from screen readers, and leaves what can have the focus in it.
    <Radix.Root modal={false} open={open} onOpenChange={onOpenChange}>
      <Radix.Anchor virtualRef={anchor} />
      <Radix.Portal>
        <Radix.Content
          aria-labelledby={labelledBy}
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={12}
          loop
          onCloseAutoFocus={(event) => {
            event.preventDefault();
            // A dialog that was opened from here may have it already.
            if (document.activeElement === document.body) anchor.current?.focus();
          }}
          className={cn('z-50 max-h-[min(24rem,var(--radix-popper-available-height))] min-w-44 animate-rise overflow-y-auto rounded-xl border border-line bg-surface p-1.5 shadow-lift', className)}
        >
          <MenuParts value={Radix}>{children}</MenuParts>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
