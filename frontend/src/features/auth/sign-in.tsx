import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { AuthCard } from '@/features/auth/auth-card';
import { cognitoCode, NewPasswordRequired } from '@/features/auth/cognito';
import { EmailField, PasswordField } from '@/features/auth/fields';
import { afterSignIn, auth } from '@/features/auth/session';
import { useStep } from '@/features/auth/use-step';

interface Props {
  email: string | undefined;
  isExpired: boolean;
  onSignedIn: () => void;
  onUnconfirmed: (email: string) => void;
}

export function SignIn({ email: known, isExpired, onSignedIn, onUnconfirmed }: Props) {
  const [email, setEmail] = useState(known ?? '');
  const [password, setPassword] = useState('');
  const [temporary, setTemporary] = useState<NewPasswordRequired | null>(null);
  const { isBusy, error, run } = useStep();

  const signIn = async () => {
    try {
      if (temporary) await temporary.choose(password);
      else await auth().signIn(email.trim(), password);
    } catch (failure) {
      if (failure instanceof NewPasswordRequired) {
        setPassword('');
        setTemporary(failure);
        return;
      }
      if (cognitoCode(failure) === 'UserNotConfirmedException') {
        onUnconfirmed(email.trim());
        return;
      }
      throw failure;
    }
    await afterSignIn();
    onSignedIn();
  };

  return (
    <AuthCard
      title={temporary ? 'Choose your password' : 'Sign in'}
      lead={temporary ? 'The one you were given was temporary.' : isExpired ? 'Your session has ended. Sign in to go on where you were.' : 'Welcome back.'}
      action={temporary ? 'Save and sign in' : 'Sign in'}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void run(signIn)}
      footer={
        <>
          <p>New here? <Link to="/sign-up" className="font-medium text-mango-ink underline underline-offset-3">Make an account</Link></p>
          <p><Link to="/forgot-password" className="underline underline-offset-3">Forgot your password?</Link></p>
        </>
      }
    >
      {!temporary && <EmailField value={email} onChange={setEmail} autoFocus={!known} />}
      <PasswordField key={temporary ? 'new' : 'current'} value={password} onChange={setPassword} isNew={temporary !== null} autoFocus={known !== undefined || temporary !== null} />
    </AuthCard>
  );
}
