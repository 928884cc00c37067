import { Field, Input } from '@/components/ui/field';

interface Props {
  value: string;
  onChange: (value: string) => void;
  autoFocus?: boolean;
}

export const EmailField = ({ value, onChange, autoFocus }: Props) => (
  <Field label="Email">
    {(control) => <Input {...control} type="email" name="email" autoComplete="username" required autoFocus={autoFocus} value={value} onChange={(event) => { onChange(event.target.value); }} />}
  </Field>
);

export const PasswordField = ({ value, onChange, isNew = false, autoFocus }: Props & { isNew?: boolean }) => (
  <Field label={isNew ? 'New password' : 'Password'} hint={isNew ? 'At least 8 characters, with upper and lower case, a digit and a symbol.' : undefined}>
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

export const CodeField = ({ value, onChange, autoFocus }: Props) => (
  <Field label="Code">
    {(control) => (
      <Input {...control} name="code" inputMode="numeric" autoComplete="one-time-code" pattern="\d{4,8}" title="The digits we sent you" required autoFocus={autoFocus} value={value} onChange={(event) => { onChange(event.target.value.trim()); }} className="tracking-[0.3em]" />
    )}
  </Field>
);
