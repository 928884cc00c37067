import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Rich } from '@/components/rich';
import { Field, Input } from '@/components/ui/field';
import { nextAddress } from '@/features/auth/addresses';
import { AuthCard } from '@/features/auth/auth-card';
import { ChallengeCard } from '@/features/auth/challenge-card';
import { Address, CodeField, EmailField, PasswordField, SendAgain } from '@/features/auth/fields';
import { auth } from '@/features/auth/session';
import { cognitoCode } from '@/features/auth/errors';
import { useSignIn } from '@/features/auth/use-sign-in';
import { useStep } from '@/features/auth/use-step';

interface Props {
  /** An address that only needs its code. */
  unconfirmed: string | undefined;
  onSignedIn: () => void;
  /** Confirmed, but not signed in: the password may not be known here. */
  onConfirmed: (email: string) => void;
}

export function SignUp({ unconfirmed, onSignedIn, onConfirmed }: Props) {
  const { t } = useTranslation('auth');
  const [email, setEmail] = useState(unconfirmed ?? '');
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const [code, setCode] = useState('');
  const [isSent, setSent] = useState(unconfirmed !== undefined);
  const [isSentAgain, setSentAgain] = useState(false);
  const { challenge, signInAfterCode, goOn, giveUp } = useSignIn(onSignedIn);
  const { isBusy, error, run } = useStep();
  const address = email.trim();

  const signUp = async () => {
    await (await auth()).signUp(address, password, name.trim());
    setSent(true);
  };
  const confirm = async () => {
    const cognito = await auth();
    try {
      await cognito.confirm(address, code);
    } catch (failure) {
      // All that it can mean here: the account has been confirmed before.
      if (cognitoCode(failure) !== 'NotAuthorizedException') throw failure;
    }
    if (password) await signInAfterCode(address, password, onConfirmed);
    else onConfirmed(address);
  };
  const resend = async () => {
    await (await auth()).resendCode(address);
    setSentAgain(true);
  };
  const footer = <p><Rich text={t('signUp.haveAccount')} parts={{ signIn: <a href={nextAddress('/sign-in')} className="font-medium text-mango-ink underline underline-offset-3" /> }} /></p>;

  if (challenge) return <ChallengeCard key={challenge.kind} challenge={challenge} onAnswered={goOn} onGiveUp={() => { giveUp(); onConfirmed(address); }} />;
  if (isSent) {
    return (
      <AuthCard title={t('confirm.title')} lead={<Rich text={t('confirm.sent')} parts={{ address: <Address>{address}</Address> }} />} action={t('confirm.action')} isBusy={isBusy} error={error} onSubmit={() => void run(confirm)} footer={footer}>
        <CodeField value={code} onChange={setCode} autoFocus />
        <SendAgain isSent={isSentAgain} onSend={() => void run(resend)} />
      </AuthCard>
    );
  }
  return (
    <AuthCard title={t('signUp.title')} lead={t('signUp.lead')} action={t('signUp.title')} isBusy={isBusy} error={error} onSubmit={() => void run(signUp)} footer={footer}>
      <Field label={t('name')} hint={t('nameHint')}>
        {(control) => <Input {...control} name="name" autoComplete="name" maxLength={100} autoFocus value={name} onChange={(event) => { setName(event.target.value); }} />}
      </Field>
      <EmailField value={email} onChange={setEmail} />
      <PasswordField value={password} onChange={setPassword} isNew />
    </AuthCard>
  );
}
