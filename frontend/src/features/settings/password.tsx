import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ErrorNote } from '@/components/ui/states';
import { cognitoCode } from '@/features/auth/errors';
import { PasswordField } from '@/features/auth/fields';
import { authMessage } from '@/features/auth/session';
import { changePassword } from '@/features/settings/account';
import { toast } from '@/lib/toasts';

/** A new password, for which the one before has to be known. */
export function Password({ email }: { email: string }) {
  const { t } = useTranslation('settings');
  const [isOpen, setOpen] = useState(false);
  return (
    <div className="flex flex-wrap items-center justify-between gap-3 border-t border-line pt-5">
      <div className="min-w-0">
        <p className="text-sm font-medium">{t('password.title')}</p>
        <p className="mt-0.5 text-[0.8125rem] leading-5 text-ink-soft">{t('password.lead')}</p>
      </div>
      <Button variant="secondary" onClick={() => { setOpen(true); }}>{t('password.change')}</Button>
      <Dialog open={isOpen} onOpenChange={setOpen} title={t('password.change')}>
        <Form email={email} onDone={() => { setOpen(false); }} />
      </Dialog>
    </div>
  );
}

function Form({ email, onDone }: { email: string; onDone: () => void }) {
  const { t } = useTranslation('settings');
  const [before, setBefore] = useState('');
  const [after, setAfter] = useState('');
  const change = useMutation(changePassword);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate({ before, after }, {
      onSuccess: () => {
        toast({ text: t('password.changed') });
        onDone();
      },
    });
  };
  // The address is not in doubt here, as it would be at sign-in.
  const message = cognitoCode(change.error) === 'NotAuthorizedException' ? t('password.wrong') : authMessage(change.error);
  return (
    <form onSubmit={submit} className="space-y-4">
      {/* So that a password manager knows whose it is. */}
      <input type="email" name="email" autoComplete="username" value={email} readOnly hidden />
      <PasswordField value={before} onChange={setBefore} autoFocus />
      <PasswordField value={after} onChange={setAfter} isNew />
      {change.isError && <ErrorNote error={new Error(message)} />}
      <div className="flex justify-end gap-2">
        <Button variant="secondary" onClick={onDone}>{t('cancel')}</Button>
        <Button type="submit" disabled={change.isPending}>{t('password.change')}</Button>
      </div>
    </form>
  );
}
