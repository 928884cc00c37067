import { type KeyboardEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Input } from '@/components/ui/field';
import { isComposing } from '@/lib/is-composing';

interface Props {
  title: string;
  /** With the new title, or with null if it stays. */
  onEnd: (title: string | null) => void;
}

/** A title where it stands: Enter and leaving the field keep what was typed, Esc does not. */
export function RenameField({ title, onEnd }: Props) {
  const { t } = useTranslation('history');
  const [value, setValue] = useState(title);
  // Leaving the page's tree takes the focus away, which would end it twice.
  const hasEnded = useRef(false);
  const end = (next: string | null) => {
    if (hasEnded.current) return;
    hasEnded.current = true;
    onEnd(next?.trim() ? next.trim() : null);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key !== 'Enter' && event.key !== 'Escape') return;
    event.preventDefault();
    // It must not close a drawer or stop an answer as well.
    event.stopPropagation();
    event.nativeEvent.stopImmediatePropagation();
    end(event.key === 'Enter' ? value : null);
  };
  return (
    <Input
      aria-label={t('title')}
      data-leaves-on-escape
      value={value}
      maxLength={200}
      autoFocus
      onFocus={(event) => { event.target.select(); }}
      onChange={(event) => { setValue(event.target.value); }}
      onKeyDown={onKeyDown}
      onBlur={() => { end(value); }}
      className="h-9 rounded-lg px-3 text-sm pointer-coarse:h-11"
    />
  );
}
