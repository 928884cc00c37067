import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/components/ui/button';
import { Textarea } from '@/components/ui/field';
import { isComposing } from '@/lib/is-composing';

interface Props {
  text: string;
  onSend: (text: string) => void;
  onCancel: () => void;
}

/** A question in place, to be asked otherwise. What was asked and answered before stays, as an alternative. */
export default function QuestionEditor({ text: before, onSend, onCancel }: Props) {
  const { t } = useTranslation('chat');
  const [text, setText] = useState(before);
  const isReady = text.trim() !== '' && text.trim() !== before.trim();
  return (
    <form
      className="ms-auto w-full max-w-[85%] space-y-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onSend(text.trim());
      }}
    >
      <Textarea
        value={text}
        autoFocus
        aria-label={t('edit.label')}
        className="field-sizing-content max-h-[50dvh] leading-7"
        onChange={(event) => { setText(event.target.value); }}
        onKeyDown={(event) => {
          if (isComposing(event.nativeEvent)) return;
          if (event.key === 'Escape') {
            event.stopPropagation();
            onCancel();
          } else if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault();
            if (isReady) onSend(text.trim());
          }
        }}
      />
      <div className="flex flex-wrap items-center justify-end gap-2">
        <p className="me-auto text-xs text-ink-faint">{t('edit.hint')}</p>
        <Button size="sm" variant="secondary" onClick={onCancel}>{t('cancel')}</Button>
        <Button size="sm" type="submit" disabled={!isReady}>{t('composer.send')}</Button>
      </div>
    </form>
  );
}
