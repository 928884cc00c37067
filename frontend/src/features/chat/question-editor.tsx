import { useTranslation } from 'react-i18next';
import { Button } from '@/components/ui/button';
import { Textarea } from '@/components/ui/field';
import { isComposing } from '@/lib/is-composing';

interface Props {
  asked: string;
  text: string;
  /** An answer is under way. */
  isBusy: boolean;
  autoFocus: boolean;
  onChange: (text: string) => void;
  onSend: () => void;
  onCancel: () => void;
}

/** A question in place, to be asked otherwise. What was asked and answered before stays, as an alternative. */
export default function QuestionEditor({ asked, text, isBusy, autoFocus, onChange, onSend, onCancel }: Props) {
  const { t } = useTranslation('chat');
  const isReady = !isBusy && text.trim() !== '' && text.trim() !== asked.trim();
  return (
    <form
      className="ms-auto w-full max-w-[85%] space-y-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (isReady) onSend();
      }}
    >
      <Textarea
        value={text}
        autoFocus={autoFocus}
        aria-label={t('edit.label')}
        className="field-sizing-content max-h-[50dvh] leading-7"
        onChange={(event) => { onChange(event.target.value); }}
        onKeyDown={(event) => {
          if (isComposing(event.nativeEvent)) return;
          if (event.key === 'Escape') {
            event.stopPropagation();
            onCancel();
          } else if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault();
            if (isReady) onSend();
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
