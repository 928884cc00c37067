import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { ChallengeCard } from '@/features/auth/challenge-card';
import type { Challenge } from '@/features/auth/cognito';
import { CognitoError } from '@/features/auth/errors';

const onAnswered = vi.fn(() => Promise.resolve());
const show = (challenge: Challenge) => render(<ChallengeCard challenge={challenge} onAnswered={onAnswered} onGiveUp={() => undefined} />);

it('gives the attributes that are required with the new password', async () => {
  const answer = vi.fn(() => Promise.resolve(null));
  show({ kind: 'newPassword', attributes: ['family_name', 'custom:cost_center'], answer });
  await userEvent.type(screen.getByLabelText('New password'), 'Fresh-mango-7');
  await userEvent.type(screen.getByLabelText('Last name'), 'Lovelace');
  await userEvent.type(screen.getByLabelText('cost center'), '42');
  await userEvent.click(screen.getByRole('button', { name: 'Save and sign in' }));
  expect(answer).toHaveBeenCalledWith('Fresh-mango-7', { family_name: 'Lovelace', 'custom:cost_center': '42' });
  expect(onAnswered).toHaveBeenCalledWith(null);
});

it.each([
  ['CodeMismatchException', /one that your app shows now/],
  ['EnableSoftwareTokenMFAException', /one that your app shows now/],
  ['ExpiredCodeException', /has been used already/],
  ['NotAuthorizedException', /took too long/],
])('says of %s what it means for a code of an app', async (code, said) => {
  show({ kind: 'code', answer: () => Promise.reject(new CognitoError(code, code)) });
  await userEvent.type(screen.getByLabelText('Code'), '123456{Enter}');
  expect(await screen.findByRole('alert')).toHaveTextContent(said);
  // Ready for the next.
  expect(screen.getByLabelText('Code')).toHaveValue('');
});

it('shows the secret to set up as a QR code, a link and text', async () => {
  show({ kind: 'setUp', secret: 'ABCDEFGHIJ', account: 'ada+1@example.com', answer: () => Promise.resolve(null) });
  expect(await screen.findByRole('img', { name: /QR code/ })).toBeInTheDocument();
  expect(screen.getByText('ABCD EFGH IJ')).toBeInTheDocument();
  expect(screen.getByRole('link')).toHaveAttribute('href', 'otpauth://totp/Mangoo%3Aada%2B1%40example.com?secret=ABCDEFGHIJ&issuer=Mangoo');
});
