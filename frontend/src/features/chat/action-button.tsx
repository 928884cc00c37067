import type { LucideIcon } from 'lucide-react';
import type { ComponentProps } from 'react';
import { cn } from '@/lib/cn';

interface Props extends Omit<ComponentProps<'button'>, 'children'> {
  icon: LucideIcon;
  label: string;
}

/** One of the small buttons below a message. */
export const ActionButton = ({ icon: Icon, label, className, ...props }: Props) => (
  <button
    type="button"
    aria-label={label}
    title={label}
    className={cn('grid size-8 place-items-center rounded-lg text-ink-faint hover:bg-raised hover:text-ink disabled:pointer-events-none disabled:opacity-40 aria-pressed:text-mango-ink', className)}
    {...props}
  >
    <Icon className={cn('size-4', props['aria-pressed'] === true && 'fill-mango-wash')} aria-hidden />
  </button>
);
