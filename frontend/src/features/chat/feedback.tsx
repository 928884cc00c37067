import { useMutation } from '@tanstack/react-query';
import { ThumbsDown, ThumbsUp } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message } from '@/api/types';
import { Dialog } from '@/components/ui/dialog';
import { onDemand } from '@/components/ui/on-demand';
import { ErrorNote } from '@/components/ui/states';
import { ActionButton } from '@/features/chat/action-button';
import { rateAnswer } from '@/features/chat/branches';

const Reason = onDemand(() => import('@/features/chat/feedback-reason'));

interface Props {
  message: Message;
  chatId: string;
}

/** Thumbs: pressed again they are taken back. A thumb down asks what was wrong, which need not be said. */
export function Feedback({ message, chatId }: Props) {
  const { t } = useTranslation('chat');
  const [isAsking, setAsking] = useState(false);
  const rate = useMutation(rateAnswer);
  const given = rate.isPending ? rate.variables.feedback?.rating : message.feedback?.rating;
  const press = (rating: 'up' | 'down') => {
    rate.mutate({ id: message.id, chatId, feedback: given === rating ? null : { rating } });
    if (rating === 'down' && given !== 'down') setAsking(true);
  };
  return (
    <>
      {thumbs.map(([rating, Icon]) => (
        <ActionButton key={rating} icon={Icon} label={t(`feedback.${rating}`)} aria-pressed={given === rating} onClick={() => { press(rating); }} />
      ))}
      {rate.isError && <ErrorNote error={rate.error} className="w-full" />}
      <Dialog open={isAsking} onOpenChange={setAsking} title={t('feedback.title')} description={t('feedback.lead')}>
        <Reason message={message} chatId={chatId} onDone={() => { setAsking(false); }} />
      </Dialog>
    </>
  );
}

const thumbs = [['up', ThumbsUp], ['down', ThumbsDown]] as const;
