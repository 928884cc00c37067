import { FileText, X } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Passage } from '@/api/types';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { onDemand } from '@/components/ui/on-demand';
import { Popover } from '@/components/ui/popover';
import { sourceName } from '@/features/knowledge/source-name';
import { cn } from '@/lib/cn';
import { number, percent } from '@/lib/format';

const PassageText = onDemand(() => import('@/features/chat/passage-text'));

/** A mark in an answer that opens the passage it cites. */
export function Citation({ passage }: { passage: Passage }) {
  const { t } = useTranslation('chat');
  return (
    <PassagePopover passage={passage}>
      <button
        type="button"
        aria-label={t('source.label', { number: passage.number, name: sourceName(passage) })}
        className="mx-0.5 inline-grid h-[1.2rem] min-w-[1.2rem] place-items-center rounded-md bg-mango-wash px-1 align-[0.1em] text-[0.7rem] leading-none font-semibold text-mango-ink tabular-nums hover:bg-mango hover:text-on-mango data-[state=open]:bg-mango data-[state=open]:text-on-mango"
      >
        {number(passage.number)}
      </button>
    </PassagePopover>
  );
}

/** The text of a passage, which may be longer than its place: it has the focus, to be scrolled by keys. */
export function PassageBody({ className, ...props }: ComponentProps<'div'>) {
  const { t } = useTranslation('chat');
  return <div role="region" aria-label={t('source.text')} tabIndex={0} dir="auto" className={cn('overflow-y-auto px-4 py-3 text-sm leading-6 wrap-anywhere whitespace-pre-wrap focus-visible:-outline-offset-2', className)} {...props} />;
}

export const PassageNumber = ({ number: value }: { number: number }) => (
  <span className="grid size-4.5 shrink-0 place-items-center rounded-md bg-mango-wash text-[0.7rem] font-semibold text-mango-ink">{number(value)}</span>
);

/** The passages that an answer cites, below it. */
export function Sources({ passages: given }: { passages: Passage[] }) {
  const { t } = useTranslation('chat');
  const passages = given.filter((passage) => passage.is_cited);
  if (passages.length === 0) return null;
  return (
    <ul aria-label={t('source.list')} className="flex flex-wrap gap-1.5">
      {passages.map((passage) => (
        <li key={passage.id} className="max-w-full">
          <PassagePopover passage={passage}>
            <button type="button" className="flex max-w-full items-center gap-2 rounded-lg border border-line bg-surface py-1 ps-1.5 pe-2.5 text-xs text-ink-soft hover:border-line-strong hover:text-ink">
              <PassageNumber number={passage.number} />
              <span dir="auto" className="max-w-48 truncate">{sourceName(passage)}</span>
            </button>
          </PassagePopover>
        </li>
      ))}
    </ul>
  );
}

export function PassagePopover({ passage, children }: { passage: Passage; children: ReactNode }) {
  const { t } = useTranslation('chat');
  return (
    <Popover trigger={children} label={t('source.passage', { number: passage.number })}>
      {(close) => (
        <>
          <header className="flex items-center gap-2.5 border-b border-line py-2 ps-4 pe-2">
            <FileText className="size-4 shrink-0 text-mango-ink" aria-hidden />
            <span dir="auto" className="min-w-0 flex-1 truncate text-sm font-medium">{sourceName(passage)}</span>
            <Badge tone="leaf">{t('similar', { share: percent(passage.similarity) })}</Badge>
            <Button variant="ghost" size="icon" className="size-8" aria-label={t('close')} onClick={close}><X /></Button>
          </header>
          <PassageText fallback={<PassageBody>{passage.text}</PassageBody>} passage={passage} />
        </>
      )}
    </Popover>
  );
}
