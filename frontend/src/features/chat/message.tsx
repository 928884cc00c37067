import { Check, CircleAlert, CircleStop, Copy, RotateCw } from 'lucide-react';
import { memo, useDeferredValue } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message as StoredMessage } from '@/api/types';
import { Avatar } from '@/components/avatar';
import { Button } from '@/components/ui/button';
import { Sources } from '@/features/chat/citation';
import { Markdown } from '@/features/chat/markdown/markdown';
import { useCopy } from '@/lib/use-copy';

interface Props {
  message: StoredMessage;
  botName: string;
  /** Asks the same again; only for the last answer. */
  onAgain?: (() => void) | undefined;
}

export const Message = memo(function Message({ message, botName, onAgain }: Props) {
  return message.role === 'user' ? <Question text={message.content} /> : <AnswerText message={message} botName={botName} onAgain={onAgain} />;
});

function Question({ text }: { text: string }) {
  const { t } = useTranslation('chat');
  return (
    <article aria-label={t('you')} className="ms-auto w-fit max-w-[85%] rounded-2xl rounded-ee-md bg-mango-wash px-4 py-2.5 text-[0.9375rem] leading-7 wrap-anywhere whitespace-pre-wrap">
      <p dir="auto">{text}</p>
    </article>
  );
}

function AnswerText({ message, botName, onAgain }: Props) {
  const { t } = useTranslation('chat');
  const isStreaming = message.status === 'streaming';
  // A long answer is drawn when there is time for it, so that typing stays quick.
  const text = useDeferredValue(message.content);
  const { copied, copy } = useCopy();
  return (
    <article aria-label={botName} aria-busy={isStreaming} className="group flex gap-3.5">
      <Avatar name={botName} className="mt-0.5 size-8 rounded-lg text-xs max-sm:hidden" />
      <div className="min-w-0 flex-1">
        <p className="mb-1 text-sm font-semibold"><bdi>{botName}</bdi></p>
        {text === '' && isStreaming ? <Thinking /> : <Markdown text={text} passages={message.passages} isGrowing={isStreaming} />}
        {text === '' && message.status === 'complete' && <p className="text-sm text-ink-faint">{t('message.empty')}</p>}
        {message.error && <Ending code={message.error.code} detail={message.error.detail} onAgain={onAgain} />}
        {!isStreaming && text !== '' && (
          <footer className="mt-3 flex flex-wrap items-center justify-between gap-2">
            <Sources passages={message.passages} />
            <button
              type="button"
              aria-label={copied ? t('code.copied') : t('message.copy')}
              onClick={() => { void copy(message.content); }}
              className="-ms-1.5 grid size-8 place-items-center rounded-lg text-ink-faint hover:bg-raised hover:text-ink"
            >
              {copied ? <Check className="size-4" aria-hidden /> : <Copy className="size-4" aria-hidden />}
            </button>
          </footer>
        )}
      </div>
    </article>
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

/** Those that we have words for; of any other it is said that the answer failed. */
const endings = ['stopped', 'throttled', 'timed_out', 'context_too_long', 'model_refused', 'model_unavailable', 'interrupted'] as const;

/** Why an answer is not whole. That the user stopped it is no error. */
function Ending({ code, detail, onAgain }: { code: string; detail: string; onAgain?: (() => void) | undefined }) {
  const { t } = useTranslation('chat');
  const title = t(`ending.${endings.find((ending) => ending === code) ?? 'internal'}`);
  const isStopped = code === 'stopped';
  const Icon = isStopped ? CircleStop : CircleAlert;
  return (
    <div className={`mt-3 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-xl px-3.5 py-2.5 text-sm ${isStopped ? 'bg-raised text-ink-soft' : 'bg-danger-wash text-danger'}`}>
      <Icon className="size-4 shrink-0" aria-hidden />
      <p className="min-w-0 flex-1 leading-6 wrap-anywhere">
        <strong className="font-semibold">{title}</strong>
        {!isStopped && <> · <bdi>{detail}</bdi></>}
      </p>
      {onAgain && <Button size="sm" variant="secondary" onClick={onAgain}><RotateCw /> {t('message.again')}</Button>}
    </div>
  );
}
