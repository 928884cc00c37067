import { ArrowUp, Paperclip, Square } from 'lucide-react';
import { type ClipboardEvent, type DragEvent, type KeyboardEvent, type ReactNode, type Ref, useEffect, useImperativeHandle, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/components/ui/button';
import { directionOf } from '@/components/ui/field';
import { ACCEPT } from '@/features/chat/attachments/limits';
import { type Choices, optionId, useSuggestions } from '@/features/chat/use-suggestions';
import { isComposing } from '@/lib/is-composing';
import { lazyModule } from '@/lib/lazy-module';

const useSuggestionList = lazyModule(() => import('@/features/chat/suggestion-list'));

export interface ComposerHandle {
  focus: () => void;
}

interface Props {
  ref?: Ref<ComposerHandle>;
  value: string;
  onChange: (text: string) => void;
  onSend: () => void;
  /** Given while an answer is under way: the button stops it then. */
  onStop?: (() => void) | undefined;
  isStopping?: boolean;
  disabled?: boolean;
  placeholder: string;
  /** What `@` and `/` offer. */
  choices?: Choices | undefined;
  /** Above the text: what is sent with it. */
  attachments?: ReactNode;
  /** What is attached can still be on its way, or be refused: then nothing is sent. */
  isWaiting?: boolean;
  /** Takes files that are chosen, pasted or dropped. */
  onFiles?: ((files: File[]) => void) | undefined;
  /** Beside the button, such as the choice of a bot. */
  children?: ReactNode;
}

export function Composer({ ref, value, onChange, onSend, onStop, isStopping = false, disabled = false, placeholder, choices, attachments, isWaiting = false, onFiles, children }: Props) {
  const { t } = useTranslation('chat');
  const box = useRef<HTMLTextAreaElement>(null);
  useImperativeHandle(ref, () => ({ focus: () => box.current?.focus() }), []);
  const offered = useSuggestions(box, value, onChange, choices);
  const module = useSuggestionList(offered.isOpen);
  const SuggestionList = offered.isOpen ? module?.default : undefined;
  const canSend = value.trim() !== '' && !disabled && !onStop && !isWaiting;
  const [isOver, setOver] = useState(false);

  const take = (event: ClipboardEvent | DragEvent, from: DataTransfer) => {
    const files = [...from.files];
    // Office programs put a picture beside the text that is copied.
    if (!onFiles || files.length === 0 || ('clipboardData' in event && from.types.includes('text/plain'))) return;
    event.preventDefault();
    onFiles(files);
  };

  // As high as its text; `field-sizing: content` does this alone where the browser has it.
  useEffect(() => {
    const area = box.current;
    if (!area || CSS.supports('field-sizing', 'content')) return;
    area.style.height = 'auto';
    area.style.height = `${area.scrollHeight}px`;
  }, [value]);

  // On a phone the keyboard would cover the page unasked.
  useEffect(() => {
    if (matchMedia('(hover: hover)').matches) box.current?.focus();
  }, []);

  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent) || (SuggestionList && offered.onKey(event))) return;
    if (event.key !== 'Enter' || event.shiftKey) return;
    event.preventDefault();
    if (canSend) onSend();
  };

  return (
    <form
      className={`relative rounded-2xl border bg-surface p-2 shadow-soft transition-colors focus-within:border-mango-strong ${isOver ? 'border-mango-strong bg-mango-wash' : 'border-line-strong'}`}
      onPaste={(event) => { take(event, event.clipboardData); }}
      onDragOver={(event) => {
        if (!onFiles || !event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => { setOver(false); }}
      onDrop={(event) => {
        setOver(false);
        take(event, event.dataTransfer);
      }}
      onSubmit={(event) => {
        event.preventDefault();
        if (canSend) onSend();
      }}
    >
      {SuggestionList && (
        <SuggestionList
          id={offered.id}
          label={t(offered.kind === 'bot' ? 'suggest.bots' : 'suggest.starters')}
          suggestions={offered.suggestions}
          active={offered.active}
          onHover={offered.setActive}
        />
      )}
      {attachments}
      <textarea
        ref={box}
        rows={1}
        value={value}
        placeholder={placeholder}
        dir={directionOf(value)}
        aria-label={t('composer.message')}
        aria-autocomplete={choices ? 'list' : undefined}
        aria-controls={SuggestionList ? offered.id : undefined}
        aria-activedescendant={SuggestionList && offered.suggestions.length > 0 ? optionId(offered.id, offered.active) : undefined}
        enterKeyHint="send"
        onChange={(event) => {
          onChange(event.target.value);
          offered.onCaret();
        }}
        onSelect={offered.onCaret}
        onKeyDown={onKeyDown}
        className="field-sizing-content block max-h-[40dvh] min-h-11 w-full resize-none bg-transparent px-3 py-2.5 leading-6 outline-none"
      />
      <div className="flex items-center justify-between gap-2">
        <div className="flex min-w-0 items-center gap-1">
          {onFiles && <AttachButton onFiles={onFiles} />}
          {children}
        </div>
        {/* The second click of a double one was meant for the button before. */}
        {onStop ? (
          <Button size="icon" variant="secondary" aria-label={t('composer.stop')} disabled={isStopping} onClick={({ detail }) => { if (detail < 2) onStop(); }}><Square className="fill-current" /></Button>
        ) : (
          <Button size="icon" type="submit" aria-label={t('composer.send')} disabled={!canSend}><ArrowUp /></Button>
        )}
      </div>
    </form>
  );
}

function AttachButton({ onFiles }: { onFiles: (files: File[]) => void }) {
  const { t } = useTranslation('chat');
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={ACCEPT}
        aria-label={t('attach.action')}
        onChange={({ target }) => {
          onFiles([...(target.files ?? [])]);
          // The same file may be chosen again.
          target.value = '';
        }}
      />
      <Button size="icon" variant="ghost" aria-label={t('attach.action')} title={t('attach.action')} onClick={() => input.current?.click()}><Paperclip /></Button>
    </>
  );
}
