import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

interface Props {
  title: ReactNode;
  lead?: ReactNode;
  actions?: ReactNode;
  children: ReactNode;
  narrow?: boolean;
}

/** A page's frame: its heading, what it is for, what one can do. */
export function Page({ title, lead, actions, children, narrow = false }: Props) {
  return (
    <div className="h-full overflow-y-auto">
      <div className={cn('mx-auto px-4 py-8 sm:px-8 sm:py-10', narrow ? 'max-w-3xl' : 'max-w-6xl')}>
        <header className="mb-8 flex flex-wrap items-end justify-between gap-x-6 gap-y-4">
          <div className="min-w-0">
            <h1 className="text-2xl font-semibold tracking-tight wrap-anywhere sm:text-[1.75rem]">{title}</h1>
            {lead && <p className="mt-1.5 max-w-2xl leading-7 text-pretty text-ink-soft">{lead}</p>}
          </div>
          {actions && <div className="flex flex-wrap gap-2">{actions}</div>}
        </header>
        {children}
      </div>
    </div>
  );
}
