import { Check, Copy, Pencil, RefreshCw } from 'lucide-react';
import { memo, type ReactNode, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message as StoredMessage } from '@/api/types';
import { onDemand } from '@/components/ui/on-demand';
import { Avatar } from '@/components/avatar';
import { ActionButton } from '@/features/chat/action-button';
import { Alternatives } from '@/features/chat/alternatives';
import { ReasoningCard, SearchCard } from '@/features/chat/cards';
import { Sources } from '@/features/chat/citation';
import { setEdit, useEdits } from '@/features/chat/edits';
import { Ending } from '@/features/chat/ending';
import { Feedback } from '@/features/chat/feedback';
import { Markdown } from '@/features/chat/markdown/markdown';
import { UsageButton } from '@/features/chat/usage';
import { lazyModule } from '@/lib/lazy-module';
import { useCopy } from '@/lib/use-copy';

const useAttached = lazyModule(() => import('@/features/chat/attachments/attached'));
const QuestionEditor = onDemand(() => import('@/features/chat/question-editor'));

export interface MessageProps {
  message: StoredMessage;
  botName: string;
  botIcon?: string | null | undefined;
  /** What can be done with it; nothing, where a chat is tried out or only read. */
  actions?: MessageActions | undefined;
  /** Asks the same again; only for the last answer. */
  onAgain?: (() => void) | undefined;
  /** Which of how many messages it is, from 1; -1 if nobody knows how many. */
  position?: number;
  count?: number;
}

/** The same as long as it can, so that messages are not drawn again. */
export interface MessageActions {
  chatId: string;
  /** An answer is under way: nothing branches off meanwhile. */
  isBusy: boolean;
  /** The edit goes on until the service has taken the question. */
  onEdit: (message: StoredMessage, text: string) => void;
  onRegenerate: (message: StoredMessage) => void;
  onShow: (id: string) => void;
}

export const Message = memo(function Message(props: MessageProps) {
  return props.message.role === 'user' ? <Question {...props} /> : <AnswerText {...props} />;
});

function Question({ message, actions, position, count }: MessageProps) {
  const { t } = useTranslation('chat');
  const changed = useEdits((edits) => edits.get(message.id));
  // Not again when it comes back into view: that would move the page.
  const [isOpened, setOpened] = useState(false);
  const Attached = useAttached(message.attachments.length > 0)?.Attached;
  const edit = useRef<HTMLButtonElement>(null);
  const begin = () => {
    setOpened(true);
    setEdit(message.id, message.content);
  };
  const end = () => {
    setEdit(message.id, null);
    requestAnimationFrame(() => edit.current?.focus());
  };
  const isEditing = changed !== undefined;
  const text = <p dir="auto" className="ms-auto w-fit max-w-[85%] rounded-2xl rounded-ee-md bg-mango-wash px-4 py-2.5 text-[0.9375rem] leading-7 wrap-anywhere whitespace-pre-wrap">{message.content}</p>;
  return (
    <article tabIndex={-1} aria-label={t('you')} aria-posinset={position} aria-setsize={count} className="group outline-none">
      {Attached && <Attached attachments={message.attachments} />}
      {isEditing && actions ? (
        <QuestionEditor
          fallback={text}
          asked={message.content}
          text={changed}
          isBusy={actions.isBusy}
          autoFocus={isOpened}
          onChange={(text) => { setEdit(message.id, text); }}
          onCancel={end}
          onSend={() => { actions.onEdit(message, changed.trim()); }}
        />
      ) : text}
      {actions && !isEditing && (
        <div className="mt-1 flex h-8 items-center justify-end gap-0.5">
          <Alternatives ids={message.alternatives} shown={message.id} disabled={actions.isBusy} onShow={actions.onShow} />
          <ActionButton ref={edit} icon={Pencil} label={t('edit.action')} disabled={actions.isBusy} onClick={begin} className="not-pointer-coarse:opacity-0 group-focus-within:opacity-100 group-hover:opacity-100" />
        </div>
      )}
    </article>
  );
}

function AnswerText({ message, botName, botIcon, actions, onAgain, position, count }: MessageProps) {
  const { t } = useTranslation('chat');
  const { content, status, reasoning, error } = message;
  const isStreaming = status === 'streaming';
  const isEmpty = content === '';
  return (
    <article tabIndex={-1} aria-label={botName} aria-busy={isStreaming} aria-posinset={position} aria-setsize={count} className="group flex gap-3.5 outline-none">
      <Avatar name={botName} icon={botIcon} className="mt-0.5 size-8 rounded-lg text-xs max-sm:hidden" />
      <div className="min-w-0 flex-1">
        <p className="mb-1 text-sm font-semibold"><bdi>{botName}</bdi></p>
        {message.passages.length > 0 && <SearchCard passages={message.passages} />}
        {reasoning && <ReasoningCard text={reasoning} isUnderway={isStreaming && isEmpty} />}
        {isEmpty && isStreaming ? !reasoning && <Thinking /> : <Markdown text={content} passages={message.passages} isGrowing={isStreaming} />}
        {isEmpty && status === 'complete' && <p className="text-sm text-ink-faint">{t('message.empty')}</p>}
        {error && <Ending code={error.code} detail={error.detail} since={message.created_at} onAgain={onAgain} />}
        {!isStreaming && (!isEmpty || message.alternatives.length > 1) && (
          <footer className="mt-3 flex flex-wrap items-center justify-between gap-2">
            <Sources passages={message.passages} />
            <Actions>
              {actions && <Alternatives ids={message.alternatives} shown={message.id} disabled={actions.isBusy} onShow={actions.onShow} />}
              {!isEmpty && <CopyButton text={content} />}
              {actions && <ActionButton icon={RefreshCw} label={t('regenerate')} disabled={actions.isBusy} onClick={() => { actions.onRegenerate(message); }} />}
              {actions && !isEmpty && <Feedback message={message} chatId={actions.chatId} />}
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
  return <div role="group" aria-label={t('message.actions')} className="-ms-1.5 flex flex-wrap items-center gap-0.5">{children}</div>;
}

function CopyButton({ text }: { text: string }) {
  const { t } = useTranslation('chat');
  const { copied, copy } = useCopy();
  return <ActionButton icon={copied ? Check : Copy} label={copied ? t('code.copied') : t('message.copy')} onClick={() => { void copy(text); }} />;
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
