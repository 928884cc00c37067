import { describe, expect, it } from 'vitest';
import { ApiError } from '@/api/error';
import { authMessage } from '@/features/auth/session';

describe('authMessage', () => {
  it('does not tell whether an account exists', () => {
    const named = (name: string) => authMessage(Object.assign(new Error('x'), { name }));
    expect(named('UserNotFoundException')).toBe(named('NotAuthorizedException'));
  });

  it('shows what the service or Cognito said of anything else', () => {
    expect(authMessage(new ApiError(503, 'unavailable', 'Try later.'))).toBe('Try later.');
    expect(authMessage(Object.assign(new Error('Only colleagues may sign up.'), { name: 'UserLambdaValidationException' }))).toBe('Only colleagues may sign up.');
  });
});
