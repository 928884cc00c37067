import { useVirtualizer } from '@tanstack/react-virtual';
import { ArrowDown, Loader } from 'lucide-react';
import { type AnimationEvent, type ReactNode, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message as StoredMessage } from '@/api/types';
import { Button } from '@/components/ui/button';
import { keyOf } from '@/features/chat/answers';
import { Message, type MessageProps } from '@/features/chat/message';
import type { Older } from '@/features/chat/use-older';
import { heightOf as heightOfText } from '@/features/chat/markdown/section';
import { useStickToEnd } from '@/features/chat/use-stick-to-end';
import { cn } from '@/lib/cn';

/** So many messages before the first one that is in view, older ones are fetched. */
const AHEAD = 12;

export interface MessageListHandle {
  toEnd: () => void;
  /** The focus goes on to the message that is shown next in place of the one that has it. */
  follow: (id: string) => void;
}

interface Props {
  ref?: Ref<MessageListHandle>;
  messages: StoredMessage[];
  /** What messages need beside themselves. */
  propsOf: (message: StoredMessage) => Omit<MessageProps, 'message'>;
  older: Older;
  /** A message to bring into view, and to mark for a moment, as soon as it is among them. */
  sought?: string | undefined;
  onFound?: (() => void) | undefined;
}

/** The messages of a chat, of which only those in view are on the page. It begins at its end, and stays there. */
export default function MessageList({ ref, messages, propsOf, older, sought, onFound }: Props) {
  const { t } = useTranslation('chat');
  const { scroller, content, isAtEnd, toEnd, leaveEnd } = useStickToEnd();
  const focused = useRef<string | null>(null);
  // What is to have the focus when it is there.
  const toFocus = useRef<string | null>(null);
  useImperativeHandle(ref, () => ({
    toEnd: () => { toEnd(); },
    follow: (id) => { toFocus.current = `[data-id="${id}"] [data-step]:not(:disabled)`; },
  }), [toEnd]);

  // eslint-disable-next-line react-hooks/incompatible-library -- nothing of it is passed on
  const list = useVirtualizer({
    count: messages.length,
    getScrollElement: () => scroller.current,
    getItemKey: (index) => keyOf(messages[index]?.id ?? ''),
    estimateSize: (index) => heightOf(messages[index]),
    // Whoever reads stays where they are when older messages come.
    anchorTo: 'end',
    scrollEndThreshold: 1,
    gap: 32,
    paddingStart: 40,
    paddingEnd: 40,
    overscan: 2,
    // The one with the focus stays: else the focus would be lost.
    rangeExtractor: ({ startIndex, endIndex, overscan, count }) => {
      const first = Math.max(0, startIndex - overscan);
      const last = Math.min(count - 1, endIndex + overscan);
      const indexes = Array.from({ length: last - first + 1 }, (_, index) => first + index);
      const kept = focused.current === null ? -1 : messages.findIndex(({ id }) => id === focused.current);
      return kept < 0 || (kept >= first && kept <= last) ? indexes : [...indexes, kept].sort((a, b) => a - b);
    },
  });
  const rows = list.getVirtualItems();

  const isNearStart = (rows[0]?.index ?? AHEAD) < AHEAD;
  const isMoved = (list.scrollOffset ?? 0) > 0;
  // Before it is at its end it is at its start.
  const [hasBegun, setBegun] = useState(false);
  if (isMoved && !hasBegun) setBegun(true);
  const { canLoad, load } = older;
  useEffect(() => { if (isNearStart && hasBegun && canLoad) load(); }, [isNearStart, hasBegun, canLoad, load]);

  const [marked, setMarked] = useState<string | null>(null);
  // Not again when it comes back into view.
  const onMarked = ({ target, currentTarget }: AnimationEvent) => { if (target === currentTarget) setMarked(null); };
  const at = messages.findIndex(({ id }) => id === sought);
  useEffect(() => {
    const id = messages[at]?.id;
    if (id === undefined) return;
    leaveEnd();
    list.scrollToIndex(at, { align: 'start' });
    toFocus.current = `[data-id="${id}"] > article`;
    setMarked(id);
    onFound?.();
    // eslint-disable-next-line react-hooks/exhaustive-deps -- once for each that is sought
  }, [sought, at]);
  // Read on from there, also by keys and by ear; it may be drawn later than it is scrolled to.
  useEffect(() => {
    const target = toFocus.current !== null && content.current?.querySelector<HTMLElement>(toFocus.current);
    if (!target) return;
    toFocus.current = null;
    target.focus({ preventScroll: true });
  });

  return (
    <div ref={scroller} className="relative min-h-0 flex-1 overflow-y-auto overscroll-contain" tabIndex={-1} data-scroller>
      {/* Takes no room, so that nothing moves when it comes and goes. */}
      <div className="sticky top-2 z-10 flex h-0 justify-center">
        {older.isLoading && <Pill role="status"><Loader className="size-4 animate-spin" aria-hidden /> {t('older.loading')}</Pill>}
        {older.hasFailed && <Pill role="alert">{t('older.failed')} <Button size="sm" variant="secondary" onClick={load}>{t('older.again')}</Button></Pill>}
      </div>
      <div
        ref={content}
        role="feed"
        aria-label={t('messages')}
        aria-busy={older.isLoading}
        className="relative mx-auto max-w-3xl"
        style={{ height: list.getTotalSize() }}
        onFocus={(event) => { focused.current = event.target.closest<HTMLElement>('[data-id]')?.dataset.id ?? null; }}
        onBlur={() => { focused.current = null; }}
      >
        {rows.map(({ index, key, start }) => {
          const message = messages[index];
          return message && (
            <div key={key} ref={list.measureElement} data-index={index} data-id={message.id} className={cn('absolute inset-x-0 top-0 px-4 sm:px-8', message.id === marked && 'animate-found')} onAnimationEnd={onMarked} style={{ transform: `translateY(${start}px)` }}>
              <Message message={message} position={index + 1} count={older.hasMore ? -1 : messages.length} {...propsOf(message)} />
            </div>
          );
        })}
      </div>
      {/* In what scrolls, so that the wheel goes on over it. */}
      {!isAtEnd && (
        <div className="pointer-events-none sticky bottom-3 flex h-0 items-end justify-center">
          <Button variant="secondary" size="icon" aria-label={t('toNewest')} className="pointer-events-auto rounded-full shadow-soft" onClick={() => { toEnd(true); }}>
            <ArrowDown />
          </Button>
        </div>
      )}
    </div>
  );
}

const Pill = ({ role, children }: { role: 'status' | 'alert'; children: ReactNode }) => (
  <p role={role} className="flex h-fit items-center gap-2.5 rounded-full border border-line bg-surface px-4 py-1.5 text-sm text-ink-soft shadow-soft">{children}</p>
);

/** About as high as a message will be, in pixels: only so far as to make the scrollbar honest. */
function heightOf(message: StoredMessage | undefined): number {
  if (!message) return 100;
  return (message.role === 'user' ? 48 : 110) + heightOfText(message.content);
}
