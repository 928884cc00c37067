import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { FileUp } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/components/ui/button';
import { ErrorNote } from '@/components/ui/states';
import { Section } from '@/features/settings/section';
import { importChat, NoExport } from '@/features/sharing/api';

/** Takes in a chat that was exported as JSON, and opens it. */
export function ImportChat() {
  const { t } = useTranslation('sharing');
  const input = useRef<HTMLInputElement>(null);
  const navigate = useNavigate();
  const { mutate, isPending, error } = useMutation(importChat);
  return (
    <Section title={t('import.title')} lead={t('import.lead')}>
      <input
        ref={input}
        type="file"
        accept="application/json,.json"
        aria-label={t('import.action')}
        hidden
        onChange={({ target }) => {
          const file = target.files?.[0];
          if (file) mutate(file, { onSuccess: ({ id }) => void navigate({ to: '/chat/{-$chatId}', params: { chatId: id } }) });
          // The same file may be chosen again.
          target.value = '';
        }}
      />
      <Button variant="secondary" disabled={isPending} onClick={() => input.current?.click()}><FileUp /> {t('import.action')}</Button>
      {error && <ErrorNote error={error instanceof NoExport ? new Error(t('import.unreadable', { name: error.message })) : error} />}
    </Section>
  );
}
