import { useMutation, useQuery } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import { ErrorNote, Failed, Loading } from '@/components/ui/states';
import { meQuery } from '@/features/auth/api';
import { authMessage } from '@/features/auth/session';
import { changeName } from '@/features/settings/account';
import { Password } from '@/features/settings/password';
import { Section } from '@/features/settings/section';
import { toast } from '@/lib/toasts';

export function Profile() {
  const { t } = useTranslation('settings');
  const me = useQuery(meQuery);
  return (
    <Section title={t('profile.title')} lead={t('profile.lead')}>
      {me.isPending && <Loading rows={2} rowClassName="h-10" />}
      {me.isError && <Failed error={me.error} onRetry={() => void me.refetch()} />}
      {me.data && <Name email={me.data.email} name={me.data.full_name ?? ''} />}
      {me.data && <Password email={me.data.email} />}
    </Section>
  );
}

function Name({ email, name: known }: { email: string; name: string }) {
  const { t } = useTranslation('settings');
  const [name, setName] = useState(known);
  const change = useMutation(changeName);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate(name.trim(), { onSuccess: () => { toast({ text: t('profile.saved') }); } });
  };
  return (
    <form onSubmit={submit} className="space-y-4">
      <div>
        <p className="text-sm font-medium">{t('profile.email')}</p>
        <p className="mt-0.5 text-sm wrap-anywhere text-ink-soft"><bdi>{email}</bdi></p>
      </div>
      <Field label={t('profile.name')} hint={t('profile.nameHint')}>
        {(control) => <Input {...control} name="name" autoComplete="name" required maxLength={100} value={name} onChange={(event) => { setName(event.target.value); }} />}
      </Field>
      {change.isError && <ErrorNote error={new Error(authMessage(change.error))} />}
      <Button type="submit" variant="secondary" disabled={change.isPending || !name.trim() || name.trim() === known}>{t('profile.save')}</Button>
    </form>
  );
}
