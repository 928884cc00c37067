import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Field, Textarea } from '@/components/ui/field';
import { ErrorNote } from '@/components/ui/states';
import { rateAnswer } from '@/features/chat/branches';

interface Props {
  message: Message;
  chatId: string;
  onDone: () => void;
}

const reasons = ['wrong', 'incomplete', 'offTopic', 'sources', 'style'] as const;

/** What was wrong with an answer. */
export default function FeedbackReason({ message, chatId, onDone }: Props) {
  const { t } = useTranslation('chat');
  const [text, setText] = useState(message.feedback?.reason ?? '');
  const rate = useMutation(rateAnswer);
  return (
    <form
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        rate.mutate({ id: message.id, chatId, feedback: { rating: 'down', reason: text.trim() } }, { onSuccess: onDone });
      }}
    >
      <div className="flex flex-wrap gap-2">
        {reasons.map((reason) => {
          const words = t(`feedback.reason.${reason}`);
          return (
            <button
              key={reason}
              type="button"
              onClick={() => { setText((before) => (before.includes(words) ? before : [before, words].filter(Boolean).join('; '))); }}
              className="rounded-full border border-line px-3 py-1.5 text-sm text-ink-soft hover:border-line-strong hover:text-ink"
            >
              {words}
            </button>
          );
        })}
      </div>
      <Field label={t('feedback.text')}>{(control) => <Textarea {...control} value={text} maxLength={2000} rows={3} onChange={(event) => { setText(event.target.value); }} />}</Field>
      {rate.isError && <ErrorNote error={rate.error} />}
      <div className="flex justify-end gap-2">
        <Button variant="secondary" onClick={onDone}>{t('cancel')}</Button>
        <Button type="submit" disabled={!text.trim() || rate.isPending}>{t('feedback.send')}</Button>
      </div>
    </form>
  );
}
