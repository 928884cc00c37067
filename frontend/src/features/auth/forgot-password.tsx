import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { AuthCard } from '@/features/auth/auth-card';
import { CodeField, EmailField, PasswordField } from '@/features/auth/fields';
import { afterSignIn, auth } from '@/features/auth/session';
import { useStep } from '@/features/auth/use-step';

export function ForgotPassword({ onSignedIn }: { onSignedIn: () => void }) {
  const [email, setEmail] = useState('');
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const [isSent, setSent] = useState(false);
  const { isBusy, error, run } = useStep();
  const address = email.trim();

  const send = async () => {
    await auth().forgotPassword(address);
    setSent(true);
  };
  const reset = async () => {
    await auth().resetPassword(address, code, password);
    await auth().signIn(address, password);
    await afterSignIn();
    onSignedIn();
  };
  return (
    <AuthCard
      title="A new password"
      lead={isSent ? <>If there is an account for <strong className="font-medium wrap-anywhere text-ink">{address}</strong>, a code is on its way.</> : 'We send you a code to choose a new one.'}
      action={isSent ? 'Save and sign in' : 'Send the code'}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void run(isSent ? reset : send)}
      footer={<p><Link to="/sign-in" className="font-medium text-mango-ink underline underline-offset-3">Back to sign in</Link></p>}
    >
      {!isSent && <EmailField value={email} onChange={setEmail} autoFocus />}
      {isSent && <CodeField value={code} onChange={setCode} autoFocus />}
      {isSent && <PasswordField value={password} onChange={setPassword} isNew />}
    </AuthCard>
  );
}
