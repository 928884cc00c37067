import { useTranslation } from 'react-i18next';
import { Field, Input } from '@/components/ui/field';

interface Props {
  value: string;
  onChange: (value: string) => void;
  autoFocus?: boolean;
}

export function EmailField({ value, onChange, autoFocus }: Props) {
  const { t } = useTranslation('auth');
  return (
    <Field label={t('email')}>
      {(control) => <Input {...control} type="email" name="email" autoComplete="username" required autoFocus={autoFocus} value={value} onChange={(event) => { onChange(event.target.value); }} />}
    </Field>
  );
}

export function PasswordField({ value, onChange, isNew = false, autoFocus }: Props & { isNew?: boolean }) {
  const { t } = useTranslation('auth');
  return (
    <Field label={isNew ? t('newPassword') : t('password')} hint={isNew ? t('passwordRules') : undefined}>
      {(control) => (
        <Input
          {...control}
          type="password"
          name="password"
          autoComplete={isNew ? 'new-password' : 'current-password'}
          required
          minLength={isNew ? 8 : undefined}
          autoFocus={autoFocus}
          value={value}
          onChange={(event) => { onChange(event.target.value); }}
        />
      )}
    </Field>
  );
}

export function CodeField({ value, onChange, hint, autoFocus }: Props & { hint?: string }) {
  const { t } = useTranslation('auth');
  return (
    <Field label={t('code')} hint={hint}>
      {(control) => (
        <Input {...control} name="code" inputMode="numeric" autoComplete="one-time-code" pattern="\d{4,8}" title={t('codeTitle')} required autoFocus={autoFocus} value={value} onChange={(event) => { onChange(event.target.value.trim()); }} className="tracking-[0.3em]" />
      )}
    </Field>
  );
}

/** Has another code sent. */
export function SendAgain({ isSent, onSend }: { isSent: boolean; onSend: () => void }) {
  const { t } = useTranslation('auth');
  return (
    <p className="text-sm text-ink-soft">
      <button type="button" className="underline underline-offset-3" onClick={onSend}>{t('confirm.sendAgain')}</button>
      <span role="status" className="ms-2 text-leaf">{isSent && t('confirm.sentAgain')}</span>
    </p>
  );
}

/** Where a code was sent to, in a sentence. */
export const Address = ({ children }: { children: string }) => <strong dir="ltr" className="font-medium wrap-anywhere text-ink">{children}</strong>;
