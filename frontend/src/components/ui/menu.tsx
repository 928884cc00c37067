import { DropdownMenu } from 'radix-ui';
import type { ComponentProps, ReactNode } from 'react';
import { cn } from '@/lib/cn';

interface Props {
  trigger: ReactNode;
  children: ReactNode;
  align?: 'start' | 'center' | 'end';
  side?: 'top' | 'bottom';
  className?: string;
}

export function Menu({ trigger, children, align = 'end', side = 'bottom', className }: Props) {
  return (
    <DropdownMenu.Root>
      <DropdownMenu.Trigger asChild>{trigger}</DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={12}
          className={cn('z-50 max-h-[min(24rem,var(--radix-dropdown-menu-content-available-height))] min-w-44 animate-rise overflow-y-auto rounded-xl border border-line bg-surface p-1.5 shadow-lift', className)}
        >
          {children}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

const row =
  'flex w-full cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-2 text-sm outline-none select-none data-highlighted:bg-raised data-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-faint';

interface ItemProps extends ComponentProps<typeof DropdownMenu.Item> {
  danger?: boolean;
}

export const MenuItem = ({ danger = false, className, ...props }: ItemProps) => (
  <DropdownMenu.Item className={cn(row, danger && 'text-danger [&_svg]:text-danger', className)} {...props} />
);

/** One of several, of which one holds. */
export const MenuChoice = ({ checked, className, ...props }: ItemProps & { checked: boolean }) => (
  <MenuItem role="menuitemradio" aria-checked={checked} className={cn(checked && 'bg-raised font-medium', className)} {...props} />
);

export const MenuLabel = ({ children }: { children: ReactNode }) => (
  <DropdownMenu.Label className="px-2.5 py-1.5 text-xs font-medium text-ink-faint">{children}</DropdownMenu.Label>
);

export const MenuLine = () => <DropdownMenu.Separator className="mx-2 my-1.5 h-px bg-line" />;
