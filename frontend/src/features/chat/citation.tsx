import { FileText, X } from 'lucide-react';
import { Popover } from 'radix-ui';
import type { ReactNode } from 'react';
import type { Passage } from '@/api/types';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { percent } from '@/lib/format';

export const sourceName = (passage: Pick<Passage, 'source_uri' | 'source_type'>) => passage.source_uri ?? `Added ${passage.source_type}`;

/** A mark in an answer that opens the passage it cites. */
export const Citation = ({ passage }: { passage: Passage }) => (
  <PassagePopover passage={passage}>
    <button
      type="button"
      aria-label={`Source ${passage.number}: ${sourceName(passage)}`}
      className="mx-0.5 inline-grid h-[1.2rem] min-w-[1.2rem] place-items-center rounded-md bg-mango-wash px-1 align-[0.1em] text-[0.7rem] leading-none font-semibold text-mango-ink tabular-nums hover:bg-mango hover:text-on-mango data-[state=open]:bg-mango data-[state=open]:text-on-mango"
    >
      {passage.number}
    </button>
  </PassagePopover>
);

/** The passages that an answer was given, below it. */
export function Sources({ passages }: { passages: Passage[] }) {
  if (passages.length === 0) return null;
  return (
    <ul aria-label="Sources" className="flex flex-wrap gap-1.5">
      {passages.map((passage) => (
        <li key={passage.id} className="max-w-full">
          <PassagePopover passage={passage}>
            <button type="button" className="flex max-w-full items-center gap-2 rounded-lg border border-line bg-surface py-1 pr-2.5 pl-1.5 text-xs text-ink-soft hover:border-line-strong hover:text-ink">
              <span className="grid size-4.5 place-items-center rounded-md bg-mango-wash text-[0.7rem] font-semibold text-mango-ink">{passage.number}</span>
              <span className="max-w-48 truncate">{sourceName(passage)}</span>
            </button>
          </PassagePopover>
        </li>
      ))}
    </ul>
  );
}

function PassagePopover({ passage, children }: { passage: Passage; children: ReactNode }) {
  return (
    <Popover.Root>
      <Popover.Trigger asChild>{children}</Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          side="top"
          sideOffset={8}
          collisionPadding={12}
          aria-label={`Passage ${passage.number}`}
          className="z-50 flex max-h-[min(26rem,var(--radix-popover-content-available-height))] w-[min(26rem,calc(100vw-1.5rem))] animate-rise flex-col rounded-2xl border border-line bg-surface shadow-lift"
        >
          <header className="flex items-center gap-2.5 border-b border-line py-2 pr-2 pl-4">
            <FileText className="size-4 shrink-0 text-mango-ink" aria-hidden />
            <span className="min-w-0 flex-1 truncate text-sm font-medium">{sourceName(passage)}</span>
            <Badge tone="leaf">{percent(passage.similarity)} similar</Badge>
            <Popover.Close asChild><Button variant="ghost" size="icon" className="size-8" aria-label="Close"><X /></Button></Popover.Close>
          </header>
          <p className="overflow-y-auto px-4 py-3 text-sm leading-6 wrap-anywhere whitespace-pre-wrap">{passage.text}</p>
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
