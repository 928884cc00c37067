import { type DropdownMenu, Slot } from 'radix-ui';
import { type ComponentProps, createContext, type ReactNode, use } from 'react';
import { useTrigger } from '@/components/ui/on-demand';
import { cn } from '@/lib/cn';
import { lazyModule } from '@/lib/lazy-module';

type Parts = Pick<typeof DropdownMenu, 'Item' | 'Label' | 'Separator'>;

/** What a menu is made of, once it is there. */
export const MenuParts = createContext<Parts | null>(null);

const useContent = lazyModule(() => import('@/components/ui/menu-content'));

interface Props {
  /** A button. */
  trigger: ReactNode;
  children: ReactNode;
  align?: 'start' | 'center' | 'end';
  side?: 'top' | 'bottom';
  className?: string;
}

export function Menu({ trigger: button, ...content }: Props) {
  const { trigger, floating, isNear, onMissing } = useTrigger('menu');
  const Content = useContent(isNear, onMissing)?.default;
  return (
    <>
      <Slot.Root {...trigger}>{button}</Slot.Root>
      {isNear && Content && <Content {...content} {...floating} />}
    </>
  );
}

function useParts() {
  const parts = use(MenuParts);
  if (!parts) throw new Error('only in a Menu');
  return parts;
}

const row =
  'flex w-full cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-2 text-sm outline-none select-none data-highlighted:bg-raised data-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0 [&_svg]:text-ink-faint';

interface ItemProps extends ComponentProps<typeof DropdownMenu.Item> {
  danger?: boolean;
}

export function MenuItem({ danger = false, className, ...props }: ItemProps) {
  const { Item } = useParts();
  return <Item className={cn(row, danger && 'text-danger [&_svg]:text-danger', className)} {...props} />;
}

/** One of several, of which one holds. */
export const MenuChoice = ({ checked, className, ...props }: ItemProps & { checked: boolean }) => (
  <MenuItem role="menuitemradio" aria-checked={checked} className={cn(checked && 'bg-raised font-medium', className)} {...props} />
);

export function MenuLabel({ children }: { children: ReactNode }) {
  const { Label } = useParts();
  return <Label className="px-2.5 py-1.5 text-xs font-medium text-ink-faint">{children}</Label>;
}

export function MenuLine() {
  const { Separator } = useParts();
  return <Separator className="mx-2 my-1.5 h-px bg-line" />;
}
