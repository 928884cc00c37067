import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Rich } from '@/components/rich';
import { nextAddress } from '@/features/auth/addresses';
import { AuthCard } from '@/features/auth/auth-card';
import { ChallengeCard } from '@/features/auth/challenge-card';
import { Address, CodeField, EmailField, PasswordField, SendAgain } from '@/features/auth/fields';
import { auth } from '@/features/auth/session';
import { useSignIn } from '@/features/auth/use-sign-in';
import { useStep } from '@/features/auth/use-step';

interface Props {
  email: string | undefined;
  onSignedIn: () => void;
  /** The new password holds, but signing in takes more. */
  onReset: (email: string) => void;
}

export function ForgotPassword({ email: known, onSignedIn, onReset }: Props) {
  const { t } = useTranslation('auth');
  const [email, setEmail] = useState(known ?? '');
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const [sentTimes, setSentTimes] = useState(0);
  const isSent = sentTimes > 0;
  const { challenge, signInAfterCode, goOn, giveUp } = useSignIn(onSignedIn);
  const { isBusy, error, run } = useStep();
  const address = email.trim();

  const send = async () => {
    await (await auth()).forgotPassword(address);
    setSentTimes(sentTimes + 1);
  };
  const reset = async () => {
    const cognito = await auth();
    await cognito.resetPassword(address, code, password);
    await signInAfterCode(address, password, onReset);
  };
  if (challenge) return <ChallengeCard key={challenge.kind} challenge={challenge} onAnswered={goOn} onGiveUp={() => { giveUp(); onReset(address); }} />;
  return (
    <AuthCard
      title={t('reset.title')}
      lead={isSent ? <Rich text={t('reset.sent')} parts={{ address: <Address>{address}</Address> }} /> : t('reset.lead')}
      action={isSent ? t('saveAndSignIn') : t('reset.send')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void run(isSent ? reset : send)}
      footer={<p><a href={nextAddress('/sign-in')} className="font-medium text-mango-ink underline underline-offset-3">{t('reset.back')}</a></p>}
    >
      {!isSent && <EmailField value={email} onChange={setEmail} autoFocus />}
      {isSent && <CodeField value={code} onChange={setCode} autoFocus />}
      {isSent && <PasswordField value={password} onChange={setPassword} isNew />}
      {isSent && <SendAgain isSent={sentTimes > 1} onSend={() => void run(send)} />}
    </AuthCard>
  );
}
