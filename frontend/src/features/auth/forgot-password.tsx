import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Rich } from '@/components/rich';
import { AuthCard } from '@/features/auth/auth-card';
import { ChallengeCard } from '@/features/auth/challenge-card';
import { Address, CodeField, EmailField, PasswordField } from '@/features/auth/fields';
import { auth } from '@/features/auth/session';
import { useSignIn } from '@/features/auth/use-sign-in';
import { useStep } from '@/features/auth/use-step';

export function ForgotPassword({ onSignedIn }: { onSignedIn: () => void }) {
  const { t } = useTranslation('auth');
  const [email, setEmail] = useState('');
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const [isSent, setSent] = useState(false);
  const { challenge, signIn, goOn, giveUp } = useSignIn(onSignedIn);
  const { isBusy, error, run } = useStep();
  const address = email.trim();

  const send = async () => {
    await (await auth()).forgotPassword(address);
    setSent(true);
  };
  const reset = async () => {
    const cognito = await auth();
    await cognito.resetPassword(address, code, password);
    await signIn(address, password);
  };
  if (challenge) return <ChallengeCard key={challenge.kind} challenge={challenge} onAnswered={goOn} onGiveUp={giveUp} />;
  return (
    <AuthCard
      title={t('reset.title')}
      lead={isSent ? <Rich text={t('reset.sent')} parts={{ address: <Address>{address}</Address> }} /> : t('reset.lead')}
      action={isSent ? t('saveAndSignIn') : t('reset.send')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void run(isSent ? reset : send)}
      footer={<p><a href="/sign-in" className="font-medium text-mango-ink underline underline-offset-3">{t('reset.back')}</a></p>}
    >
      {!isSent && <EmailField value={email} onChange={setEmail} autoFocus />}
      {isSent && <CodeField value={code} onChange={setCode} autoFocus />}
      {isSent && <PasswordField value={password} onChange={setPassword} isNew />}
    </AuthCard>
  );
}
