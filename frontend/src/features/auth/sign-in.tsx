import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Rich } from '@/components/rich';
import { nextAddress } from '@/features/auth/addresses';
import { AuthCard } from '@/features/auth/auth-card';
import { ChallengeCard } from '@/features/auth/challenge-card';
import { cognitoCode } from '@/features/auth/errors';
import { EmailField, PasswordField } from '@/features/auth/fields';
import { useSignIn } from '@/features/auth/use-sign-in';
import { useStep } from '@/features/auth/use-step';

interface Props {
  email: string | undefined;
  isExpired: boolean;
  onSignedIn: () => void;
  onUnconfirmed: (email: string) => void;
  /** An administrator wants a new password to be chosen. */
  onResetNeeded: (email: string) => void;
}

export function SignIn({ email: known, isExpired, onSignedIn, onUnconfirmed, onResetNeeded }: Props) {
  const { t } = useTranslation('auth');
  const [email, setEmail] = useState(known ?? '');
  const [password, setPassword] = useState('');
  const { challenge, signIn, goOn, giveUp } = useSignIn(onSignedIn);
  const { isBusy, error, run } = useStep();

  const enter = async () => {
    try {
      await signIn(email.trim(), password);
    } catch (failure) {
      const onwards = { UserNotConfirmedException: onUnconfirmed, PasswordResetRequiredException: onResetNeeded }[cognitoCode(failure)];
      if (!onwards) throw failure;
      onwards(email.trim());
    }
  };

  if (challenge) return <ChallengeCard key={challenge.kind} challenge={challenge} onAnswered={goOn} onGiveUp={giveUp} />;
  return (
    <AuthCard
      title={t('signIn.title')}
      lead={isExpired ? t('signIn.sessionEnded') : t('signIn.welcome')}
      action={t('signIn.title')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void run(enter)}
      footer={
        <>
          <p><Rich text={t('signIn.newHere')} parts={{ signUp: <a href={nextAddress('/sign-up')} className="font-medium text-mango-ink underline underline-offset-3" /> }} /></p>
          <p><a href={nextAddress('/forgot-password')} className="underline underline-offset-3">{t('signIn.forgot')}</a></p>
        </>
      }
    >
      <EmailField value={email} onChange={setEmail} autoFocus={!known} />
      <PasswordField value={password} onChange={setPassword} autoFocus={known !== undefined} />
    </AuthCard>
  );
}
