import { ArrowUp, RotateCcw, Square } from 'lucide-react';
import { type FormEvent, type KeyboardEvent, useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '@/components/avatar';
import { Button } from '@/components/ui/button';
import { directionOf } from '@/components/ui/field';
import type { BotDraft } from '@/features/bots/editor/draft';
import { useTrial } from '@/features/bots/trial/use-trial';
import { Message } from '@/features/chat/message';
import { useStickToEnd } from '@/features/chat/use-stick-to-end';
import { isComposing } from '@/lib/is-composing';

/** Talks to the bot as the form has it, saved or not. Nothing of it is kept. */
export function Trial({ bot, model }: { bot: BotDraft; model: string }) {
  const { t } = useTranslation('editor');
  const { messages, isAnswering, ask, stop, clear } = useTrial();
  const [text, setText] = useState('');
  const { scroller, content, toEnd } = useStickToEnd();
  const box = useRef<HTMLTextAreaElement>(null);
  const name = bot.name.trim() || t('trial.unnamed');
  const starters = bot.starters.map((starter) => starter.trim()).filter(Boolean);
  const last = messages.at(-1);

  const send = (question: string) => {
    if (!question || isAnswering || !model) return;
    setText('');
    toEnd();
    const { instructions, temperature, max_tokens, rag_enabled, knowledge_base_ids } = bot;
    ask({ instructions, model_id: model, temperature, max_tokens: Number.isNaN(max_tokens) ? 4096 : max_tokens, rag_enabled, knowledge_base_ids }, question);
  };
  const halt = () => {
    stop();
    box.current?.focus();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    send(text.trim());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === 'Escape' && isAnswering) halt();
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    send(text.trim());
  };
  useEffect(() => {
    const area = box.current;
    if (!area || CSS.supports('field-sizing', 'content')) return;
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight}px`;
  }, [text]);

  return (
    <section aria-label={t('trial.label')} className="flex h-[calc(100dvh-15rem)] min-h-96 flex-col overflow-hidden rounded-2xl border border-line bg-surface shadow-soft lg:h-[calc(100dvh-12rem)]">
      <header className="flex items-center gap-3 border-b border-line py-2 ps-4 pe-2">
        <p className="min-w-0 flex-1 text-[0.8125rem] leading-5 text-ink-soft">{t('trial.hint')}</p>
        <Button variant="ghost" size="sm" disabled={messages.length === 0} onClick={() => { clear(); box.current?.focus(); }}><RotateCcw /> {t('trial.clear')}</Button>
      </header>
      <div ref={scroller} role="log" aria-live="off" aria-label={t('trial.log')} tabIndex={0} className="min-h-0 flex-1 overflow-y-auto focus-visible:-outline-offset-2">
        <div ref={content} className="flex min-h-full flex-col px-4 py-5">
          {messages.length === 0 && (
            <div className="m-auto flex flex-col items-center text-center">
              <Avatar name={name} icon={bot.icon} className="mb-3 size-12 rounded-2xl text-base" />
              <p dir="auto" className="font-semibold tracking-tight wrap-anywhere">{name}</p>
              <p className="mt-1 text-sm leading-6 text-ink-soft">{t('trial.empty')}</p>
              <div className="mt-4 flex flex-wrap justify-center gap-2">
                {starters.map((starter) => (
                  <button key={starter} type="button" dir="auto" onClick={() => { send(starter); }} className="rounded-2xl border border-line-strong px-3.5 py-1.5 text-start text-sm text-ink-soft wrap-anywhere hover:bg-raised hover:text-ink">{starter}</button>
                ))}
              </div>
            </div>
          )}
          <div className="space-y-6">
            {messages.map((message) => <Message key={message.id} message={message} botName={name} botIcon={bot.icon} />)}
          </div>
        </div>
      </div>
      <div aria-live="polite" className="sr-only">{!isAnswering && last?.role === 'assistant' && <p>{last.error?.detail || last.content}</p>}</div>
      <form onSubmit={submit} className="m-3 flex items-end gap-2 rounded-xl border border-line-strong bg-surface p-1.5 focus-within:border-mango-strong">
        <textarea
          ref={box}
          rows={1}
          value={text}
          maxLength={100_000}
          dir={directionOf(text)}
          aria-label={t('trial.message')}
          placeholder={t('trial.placeholder')}
          enterKeyHint="send"
          onChange={(event) => { setText(event.target.value); }}
          onKeyDown={onKeyDown}
          className="field-sizing-content block max-h-32 min-h-9 w-full resize-none bg-transparent px-2.5 py-1.5 leading-6 outline-none"
        />
        {isAnswering
          // Another button than the one that sends: a click is for what it was begun on, and the second of a double one for the first.
          ? <Button key="stop" size="icon" variant="secondary" aria-label={t('trial.stop')} onClick={({ detail }) => { if (detail < 2) halt(); }}><Square className="fill-current" /></Button>
          : <Button key="send" size="icon" type="submit" aria-label={t('trial.send')} disabled={text.trim() === '' || !model}><ArrowUp /></Button>}
      </form>
    </section>
  );
}
