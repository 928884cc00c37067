import { Check, Copy } from 'lucide-react';
import { memo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '@/components/avatar';
import type { ShownMessage } from '@/features/chat/answer';
import { ReasoningCard } from '@/features/chat/cards';
import { Sources } from '@/features/chat/citation';
import { Ending } from '@/features/chat/ending';
import { Markdown } from '@/features/chat/markdown/markdown';
import { UsageButton } from '@/features/chat/usage';
import { useCopy } from '@/lib/use-copy';

export interface MessageProps {
  message: ShownMessage;
  botName: string;
  /** Asks the same again; only for the last answer. */
  onAgain?: (() => void) | undefined;
  /** Which of how many messages it is, from 1; -1 if nobody knows how many. */
  position?: number;
  count?: number;
}

export const Message = memo(function Message(props: MessageProps) {
  return props.message.role === 'user' ? <Question {...props} /> : <AnswerText {...props} />;
});

function Question({ message, position, count }: MessageProps) {
  const { t } = useTranslation('chat');
  return (
    <article aria-label={t('you')} aria-posinset={position} aria-setsize={count} className="ms-auto w-fit max-w-[85%] rounded-2xl rounded-ee-md bg-mango-wash px-4 py-2.5 text-[0.9375rem] leading-7 wrap-anywhere whitespace-pre-wrap">
      <p dir="auto">{message.content}</p>
    </article>
  );
}

function AnswerText({ message, botName, onAgain, position, count }: MessageProps) {
  const { t } = useTranslation('chat');
  const { content, status, reasoning, error } = message;
  const isStreaming = status === 'streaming';
  const isEmpty = content === '';
  return (
    <article aria-label={botName} aria-busy={isStreaming} aria-posinset={position} aria-setsize={count} className="group flex gap-3.5">
      <Avatar name={botName} className="mt-0.5 size-8 rounded-lg text-xs max-sm:hidden" />
      <div className="min-w-0 flex-1">
        <p className="mb-1 text-sm font-semibold"><bdi>{botName}</bdi></p>
        {reasoning && <ReasoningCard text={reasoning} isUnderway={isStreaming && isEmpty} />}
        {isEmpty && isStreaming ? !reasoning && <Thinking /> : <Markdown text={content} passages={message.passages} isGrowing={isStreaming} />}
        {isEmpty && status === 'complete' && <p className="text-sm text-ink-faint">{t('message.empty')}</p>}
        {error && <Ending code={error.code} detail={error.detail} since={message.created_at} onAgain={onAgain} />}
        {!isStreaming && !isEmpty && (
          <footer className="mt-3 flex flex-wrap items-center justify-between gap-2">
            <Sources passages={message.passages} />
            <Actions>
              <CopyButton text={content} />
              <UsageButton message={message} />
            </Actions>
          </footer>
        )}
      </div>
    </article>
  );
}

/** What can be done with an answer: a button each. */
function Actions({ children }: { children: ReactNode }) {
  const { t } = useTranslation('chat');
  return <div role="group" aria-label={t('message.actions')} className="-ms-1.5 flex items-center gap-0.5">{children}</div>;
}

function CopyButton({ text }: { text: string }) {
  const { t } = useTranslation('chat');
  const { copied, copy } = useCopy();
  const Icon = copied ? Check : Copy;
  return (
    <button type="button" aria-label={copied ? t('code.copied') : t('message.copy')} onClick={() => { void copy(text); }} className="grid size-8 place-items-center rounded-lg text-ink-faint hover:bg-raised hover:text-ink">
      <Icon className="size-4" aria-hidden />
    </button>
  );
}

/** A sign of life until the first word comes. */
function Thinking() {
  const { t } = useTranslation('chat');
  return (
    <div role="status" className="flex h-7 items-center gap-1.5">
      <span className="sr-only">{t('message.thinking')}</span>
      {[0, 160, 320].map((delay) => (
        <span key={delay} className="size-1.5 animate-dot rounded-full bg-mango-strong" style={{ animationDelay: `${delay}ms` }} />
      ))}
    </div>
  );
}
