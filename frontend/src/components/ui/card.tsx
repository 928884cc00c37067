import type { ComponentProps } from 'react';
import { cn } from '@/lib/cn';

export const Card = ({ className, ...props }: ComponentProps<'div'>) => (
  <div className={cn('rounded-2xl border border-line bg-surface p-5 shadow-soft', className)} {...props} />
);

/** The grid that cards lie in. */
export const cards = 'grid gap-4 sm:grid-cols-2 xl:grid-cols-3';
