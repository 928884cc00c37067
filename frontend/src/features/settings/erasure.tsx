import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api, ok } from '@/api/client';
import { Rich } from '@/components/rich';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Input } from '@/components/ui/field';
import { ErrorNote } from '@/components/ui/states';
import { meQuery } from '@/features/auth/api';
import { signOut } from '@/features/auth/session';
import { useStep } from '@/features/auth/use-step';
import { Section } from '@/features/settings/section';

/** Deletes all that the service has of the user, who types their address to say that they mean it. */
export function Erasure() {
  const { t } = useTranslation('settings');
  const me = useQuery(meQuery);
  const [isOpen, setOpen] = useState(false);
  return (
    <Section title={t('erasure.title')} lead={t('erasure.lead')}>
      <Button variant="danger" disabled={!me.data} onClick={() => { setOpen(true); }}>{t('erasure.action')}</Button>
      <Dialog open={isOpen} onOpenChange={setOpen} title={t('erasure.question')} description={t('erasure.effect')}>
        {me.data && <Form email={me.data.email} onCancel={() => { setOpen(false); }} />}
      </Dialog>
    </Section>
  );
}

function Form({ email, onCancel }: { email: string; onCancel: () => void }) {
  const { t } = useTranslation('settings');
  const [typed, setTyped] = useState('');
  const { isBusy, error, run } = useStep();
  const isMeant = typed.trim().toLowerCase() === email.toLowerCase();
  const erase = async () => {
    await ok(api.DELETE('/api/v1/users/me'));
    await signOut();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isMeant) void run(erase);
  };
  return (
    <form onSubmit={submit} className="space-y-4">
      <Field label={<Rich text={t('erasure.type')} parts={{ address: <strong dir="ltr" className="font-semibold wrap-anywhere">{email}</strong> }} />}>
        {(control) => <Input {...control} autoComplete="off" autoCapitalize="none" spellCheck={false} autoFocus value={typed} onChange={(event) => { setTyped(event.target.value); }} />}
      </Field>
      {error !== null && <ErrorNote error={error} />}
      <div className="flex justify-end gap-2">
        <Button variant="secondary" onClick={onCancel}>{t('cancel')}</Button>
        <Button type="submit" variant="danger" disabled={!isMeant || isBusy}>{t('erasure.action')}</Button>
      </div>
    </form>
  );
}
