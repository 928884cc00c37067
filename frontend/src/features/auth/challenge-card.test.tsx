import { fireEvent, render, screen } from '@testing-library/react';
import { beforeAll, expect, it, vi } from 'vitest';
import { ChallengeCard } from '@/features/auth/challenge-card';
import type { Challenge } from '@/features/auth/cognito';
import { CognitoError } from '@/features/auth/errors';
import { startSession } from '@/features/auth/session';

const onAnswered = vi.fn(() => Promise.resolve());
const show = (challenge: Challenge) => render(<ChallengeCard challenge={challenge} onAnswered={onAnswered} onGiveUp={() => undefined} />);
const type = (label: string, value: string) => fireEvent.change(screen.getByLabelText(label), { target: { value } });

beforeAll(() => {
  startSession({ api: '/api/v1', region: 'eu-central-1', user_pool_id: 'eu-central-1_Test', client_id: 'client', cognito_endpoint: 'http://cognito.test' }, () => undefined);
});

it('gives the attributes that are required with the new password', async () => {
  const answer = vi.fn(() => Promise.resolve(null));
  const { container } = show({ kind: 'newPassword', attributes: ['family_name', 'custom:cost_center'], answer });
  type('New password', 'Fresh-mango-7');
  type('Last name', 'Lovelace');
  type('cost center', '42');
  fireEvent.submit(container.querySelector('form') ?? container);
  expect(answer).toHaveBeenCalledWith('Fresh-mango-7', { family_name: 'Lovelace', 'custom:cost_center': '42' });
  await vi.waitFor(() => { expect(onAnswered).toHaveBeenCalledWith(null); });
});

it.each([
  ['CodeMismatchException', /one that your app shows now/],
  ['EnableSoftwareTokenMFAException', /one that your app shows now/],
  ['ExpiredCodeException', /has been used already/],
  ['NotAuthorizedException', /took too long/],
])('says of %s what it means for a code of an app', async (code, said) => {
  const { container } = show({ kind: 'code', answer: () => Promise.reject(new CognitoError(code, code)) });
  type('Code', '123456');
  fireEvent.submit(container.querySelector('form') ?? container);
  expect(await screen.findByRole('alert', {}, { timeout: 5000 })).toHaveTextContent(said);
  // Ready for the next.
  expect(screen.getByLabelText('Code')).toHaveValue('');
});

it('shows the secret to set up as a QR code, a link and text', async () => {
  show({ kind: 'setUp', secret: 'ABCDEFGHIJ', account: 'ada+1@example.com', answer: () => Promise.resolve(null) });
  expect(await screen.findByRole('img', { name: /QR code/ }, { timeout: 5000 })).toBeInTheDocument();
  expect(screen.getByText('ABCD EFGH IJ')).toBeInTheDocument();
  expect(screen.getByRole('link')).toHaveAttribute('href', 'otpauth://totp/Mangoo%3Aada%2B1%40example.com?secret=ABCDEFGHIJ&issuer=Mangoo');
});
