import { useMutation } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field, Input, Textarea } from '@/components/ui/field';
import { ErrorNote } from '@/components/ui/states';
import { addText } from '@/features/knowledge/api';

export function AddText({ baseId }: { baseId: string }) {
  const { t } = useTranslation('knowledge');
  const [text, setText] = useState('');
  const [source, setSource] = useState('');
  const add = useMutation(addText(baseId));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    add.mutate(
      { text, source: source.trim() || null },
      {
        onSuccess: () => {
          // What is typed meanwhile is the next.
          setText((now) => (now === text ? '' : now));
          setSource((now) => (now === source ? '' : now));
        },
      },
    );
  };
  return (
    <Card className="sm:p-6">
      <h2 className="font-semibold tracking-tight">{t('addText.title')}</h2>
      <form onSubmit={submit} className="mt-4 space-y-4">
        <Field label={t('addText.text')} hint={t('addText.textHint')}>
          {(control) => <Textarea {...control} required rows={7} placeholder={t('addText.textPlaceholder')} value={text} onChange={(event) => { setText(event.target.value); }} />}
        </Field>
        <Field label={t('addText.source')} hint={t('addText.sourceHint')}>
          {(control) => <Input {...control} maxLength={2048} placeholder={t('addText.sourcePlaceholder')} value={source} onChange={(event) => { setSource(event.target.value); }} />}
        </Field>
        {add.isError && <ErrorNote error={add.error} />}
        <div className="flex items-center justify-between gap-4">
          <p role="status" className="text-sm text-leaf">{add.isSuccess && text === '' ? t('addText.added', { count: add.data.chunks_added }) : ''}</p>
          <Button type="submit" disabled={!text.trim() || add.isPending}><Plus /> {add.isPending ? t('addText.adding') : t('addText.add')}</Button>
        </div>
      </form>
    </Card>
  );
}
