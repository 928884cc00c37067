import { describe, expect, it } from 'vitest';
import { ApiError } from '@/api/error';
import { authMessage, safeRedirect } from '@/features/auth/session';

describe('safeRedirect', () => {
  it('keeps a path of this page', () => {
    expect(safeRedirect('/chat/1?bot=2#end')).toBe('/chat/1?bot=2#end');
  });

  it.each(['https://evil.example', '//evil.example', '/\\evil.example', 'javascript:alert(1)', '/sign-in?redirect=/', 7, undefined])('leads %s nowhere', (to) => {
    expect(safeRedirect(to)).toBeUndefined();
  });
});

describe('authMessage', () => {
  it('does not tell whether an account exists', () => {
    const named = (name: string) => authMessage(Object.assign(new Error('x'), { name }));
    expect(named('UserNotFoundException')).toBe(named('NotAuthorizedException'));
  });

  it('shows what the service or Cognito said of anything else', () => {
    expect(authMessage(new ApiError(503, 'unavailable', 'Try later.'))).toBe('Try later.');
    expect(authMessage(Object.assign(new Error('Password not long enough'), { name: 'InvalidPasswordException' }))).toBe('Password not long enough');
  });
});
