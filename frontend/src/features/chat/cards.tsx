import { Brain, ChevronRight, Loader, type LucideIcon, Search } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Passage } from '@/api/types';
import { PassageNumber, PassagePopover } from '@/features/chat/citation';
import { Markdown } from '@/features/chat/markdown/markdown';
import { sourceName } from '@/features/knowledge/source-name';
import { cn } from '@/lib/cn';
import { percent } from '@/lib/format';

interface CardProps {
  icon: LucideIcon;
  title: string;
  isUnderway: boolean;
  children: ReactNode;
}

/** What an answer was made of, folded: its inside is on the page only when it is open. */
function Card({ icon: Icon, title, isUnderway, children }: CardProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details open={isOpen} onToggle={(event) => { setOpen(event.currentTarget.open); }} className="my-3 rounded-xl border border-line bg-surface text-sm">
      <summary className="flex list-none items-center gap-2.5 rounded-xl px-3.5 py-2.5 text-ink-soft hover:text-ink [&::-webkit-details-marker]:hidden">
        {isUnderway ? <Loader className="size-4 shrink-0 animate-spin" aria-hidden /> : <Icon className="size-4 shrink-0" aria-hidden />}
        <span className="min-w-0 flex-1 truncate"><bdi>{title}</bdi></span>
        <ChevronRight className={cn('size-4 shrink-0 text-ink-faint transition-transform rtl:-scale-x-100', isOpen && 'rotate-90 rtl:rotate-90')} aria-hidden />
      </summary>
      {isOpen && <div className="max-h-96 overflow-y-auto border-t border-line px-3.5 py-3" tabIndex={0}>{children}</div>}
    </details>
  );
}

/** What a model thought before it answered. */
export function ReasoningCard({ text, isUnderway }: { text: string; isUnderway: boolean }) {
  const { t } = useTranslation('chat');
  return (
    <Card icon={Brain} title={t(isUnderway ? 'message.reasoningUnderway' : 'message.reasoning')} isUnderway={isUnderway}>
      <div className="text-ink-soft"><Markdown text={text} passages={[]} isGrowing={isUnderway} /></div>
    </Card>
  );
}

/** The search that an answer began with: all that it found, of which the answer may cite some. */
export function SearchCard({ passages }: { passages: Passage[] }) {
  const { t } = useTranslation('chat');
  return (
    <Card icon={Search} title={t('search.found', { count: passages.length })} isUnderway={false}>
      <ol aria-label={t('search.list')} className="-mx-2 space-y-0.5">
        {passages.map((passage) => (
          <li key={passage.id}>
            <PassagePopover passage={passage}>
              <button type="button" className="flex w-full items-start gap-2.5 rounded-lg px-2 py-1.5 text-start hover:bg-raised data-[state=open]:bg-raised">
                <PassageNumber number={passage.number} />
                <span className="min-w-0 flex-1">
                  <span className="flex items-baseline gap-2">
                    <span dir="auto" className="min-w-0 flex-1 truncate font-medium">{sourceName(passage)}</span>
                    <span className="shrink-0 text-xs text-ink-soft">{t('similar', { share: percent(passage.similarity) })}</span>
                  </span>
                  <span dir="auto" className="line-clamp-2 text-[0.8125rem] leading-5 text-ink-soft wrap-anywhere">{passage.text}</span>
                </span>
              </button>
            </PassagePopover>
          </li>
        ))}
      </ol>
    </Card>
  );
}
