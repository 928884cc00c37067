import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { Field, Input } from '@/components/ui/field';
import { AuthCard } from '@/features/auth/auth-card';
import { CodeField, EmailField, PasswordField } from '@/features/auth/fields';
import { afterSignIn, auth } from '@/features/auth/session';
import { useStep } from '@/features/auth/use-step';

interface Props {
  /** An address that only needs its code. */
  unconfirmed: string | undefined;
  onSignedIn: () => void;
  /** Confirmed, but the password is not known here. */
  onConfirmed: (email: string) => void;
}

export function SignUp({ unconfirmed, onSignedIn, onConfirmed }: Props) {
  const [email, setEmail] = useState(unconfirmed ?? '');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [isSent, setSent] = useState(unconfirmed !== undefined);
  const [note, setNote] = useState('');
  const { isBusy, error, run } = useStep();
  const address = email.trim();

  const signUp = async () => {
    await auth().signUp(address, password, name.trim());
    setSent(true);
  };
  const confirm = async () => {
    await auth().confirm(address, code);
    if (!password) {
      onConfirmed(address);
      return;
    }
    await auth().signIn(address, password);
    await afterSignIn();
    onSignedIn();
  };
  const resend = async () => {
    await auth().resendCode(address);
    setNote('A new code is on its way.');
  };
  const footer = <p>Have an account? <Link to="/sign-in" className="font-medium text-mango-ink underline underline-offset-3">Sign in</Link></p>;

  if (isSent) {
    return (
      <AuthCard title="Confirm your address" lead={<>We sent a code to <strong className="font-medium wrap-anywhere text-ink">{address}</strong>.</>} action="Confirm" isBusy={isBusy} error={error} onSubmit={() => void run(confirm)} footer={footer}>
        <CodeField value={code} onChange={setCode} autoFocus />
        <p className="text-sm text-ink-soft">
          <button type="button" className="underline underline-offset-3" onClick={() => void run(resend)}>Send another code</button>
          <span role="status" className="ml-2 text-leaf">{note}</span>
        </p>
      </AuthCard>
    );
  }
  return (
    <AuthCard title="Make an account" lead="Private assistants that answer from your own documents." action="Make an account" isBusy={isBusy} error={error} onSubmit={() => void run(signUp)} footer={footer}>
      <Field label="Name" hint="As others see it; you can leave it out.">
        {(control) => <Input {...control} name="name" autoComplete="name" maxLength={100} autoFocus value={name} onChange={(event) => { setName(event.target.value); }} />}
      </Field>
      <EmailField value={email} onChange={setEmail} />
      <PasswordField value={password} onChange={setPassword} isNew />
    </AuthCard>
  );
}
