import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Rich } from '@/components/rich';
import { AuthCard } from '@/features/auth/auth-card';
import { cognitoCode, NewPasswordRequired } from '@/features/auth/errors';
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
  const { t } = useTranslation('auth');
  const [email, setEmail] = useState(known ?? '');
  const [password, setPassword] = useState('');
  const [temporary, setTemporary] = useState<NewPasswordRequired | null>(null);
  const { isBusy, error, run } = useStep();

  const signIn = async () => {
    try {
      if (temporary) await temporary.choose(password);
      else await (await auth()).signIn(email.trim(), password);
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
      title={temporary ? t('signIn.choosePassword') : t('signIn.title')}
      lead={temporary ? t('signIn.temporary') : isExpired ? t('signIn.sessionEnded') : t('signIn.welcome')}
      action={temporary ? t('saveAndSignIn') : t('signIn.title')}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void run(signIn)}
      footer={
        <>
          <p><Rich text={t('signIn.newHere')} parts={{ signUp: <a href="/sign-up" className="font-medium text-mango-ink underline underline-offset-3" /> }} /></p>
          <p><a href="/forgot-password" className="underline underline-offset-3">{t('signIn.forgot')}</a></p>
        </>
      }
    >
      {!temporary && <EmailField value={email} onChange={setEmail} autoFocus={!known} />}
      <PasswordField key={temporary ? 'new' : 'current'} value={password} onChange={setPassword} isNew={temporary !== null} autoFocus={known !== undefined || temporary !== null} />
    </AuthCard>
  );
}
