import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AuthCard } from '@/features/auth/auth-card';
import { AttributeField } from '@/features/auth/attribute-field';
import type { Challenge } from '@/features/auth/cognito';
import { CognitoError, cognitoCode } from '@/features/auth/errors';
import { CodeField, PasswordField } from '@/features/auth/fields';
import { SetUp } from '@/features/auth/set-up';
import { useStep } from '@/features/auth/use-step';

interface Props {
  challenge: Challenge;
  onAnswered: (next: Challenge | null) => Promise<void>;
  /** Back to the password. */
  onGiveUp: () => void;
}

/** A question after the password. Cognito waits three minutes for the answer. */
export function ChallengeCard({ challenge, onAnswered, onGiveUp }: Props) {
  const { t } = useTranslation('auth');
  const [code, setCode] = useState('');
  const [password, setPassword] = useState('');
  const [attributes, setAttributes] = useState<Record<string, string>>({});
  const { isBusy, error, run } = useStep();
  const { kind } = challenge;

  const answer = async () => {
    let next;
    try {
      next = kind === 'newPassword' ? await challenge.answer(password, attributes) : await challenge.answer(code);
    } catch (failure) {
      setCode('');
      // The password was right, so this can only mean that.
      if (cognitoCode(failure) === 'NotAuthorizedException') throw new CognitoError('ChallengeOver', 'The challenge is over.');
      // Not one that was sent, which is what these mean elsewhere.
      if (cognitoCode(failure) === 'CodeMismatchException' || cognitoCode(failure) === 'EnableSoftwareTokenMFAException') throw new CognitoError('CodeWrong', 'The code is not right.');
      if (cognitoCode(failure) === 'ExpiredCodeException') throw new CognitoError('CodeUsed', 'The code was used before.');
      throw failure;
    }
    await onAnswered(next);
  };
  return (
    <AuthCard
      title={t(`challenge.${kind}.title`)}
      lead={t(`challenge.${kind}.lead`)}
      action={t(`challenge.${kind}.action`)}
      isBusy={isBusy}
      error={error}
      onSubmit={() => void run(answer)}
      footer={<p><button type="button" className="font-medium text-mango-ink underline underline-offset-3" onClick={onGiveUp}>{t('reset.back')}</button></p>}
    >
      {kind === 'setUp' && <SetUp secret={challenge.secret} account={challenge.account} />}
      {kind === 'newPassword' ? <PasswordField value={password} onChange={setPassword} isNew autoFocus /> : <CodeField value={code} onChange={setCode} hint={t('challenge.code.hint')} autoFocus />}
      {kind === 'newPassword' &&
        challenge.attributes.map((name) => (
          <AttributeField key={name} name={name} value={attributes[name] ?? ''} onChange={(value) => { setAttributes({ ...attributes, [name]: value }); }} />
        ))}
    </AuthCard>
  );
}
