import { describe, expect, it } from 'vitest';
import { isSignInPage, nextAddress, readAddress, safeRedirect, signInAddress } from '@/features/auth/addresses';

describe('safeRedirect', () => {
  it('keeps a path of this page', () => {
    expect(safeRedirect('/chat/1?bot=2#end')).toBe('/chat/1?bot=2#end');
  });

  it.each(['https://evil.example', '//evil.example', '/\\evil.example', '/\t/evil.example', '/\n\\evil.example', '//', '/forgot-password', 'javascript:alert(1)', '/sign-in?redirect=/', 7, null, undefined])('leads %s nowhere', (to) => {
    expect(safeRedirect(to)).toBeUndefined();
  });
});

describe('the address of the sign-in', () => {
  it('says where to go then, and why one is there', () => {
    const search = signInAddress({ redirect: '/chat/1?bot=2&x=ü#end', expired: true }).replace('/sign-in', '');
    expect(readAddress(search)).toEqual({ redirect: '/chat/1?bot=2&x=ü#end', email: undefined, isExpired: true });
  });

  it('goes along to the pages beside it', () => {
    history.replaceState(null, '', '/sign-in?redirect=/chat/1%3Fbot%3D2');
    expect(readAddress(nextAddress('/sign-up', 'a+b@example.com').replace('/sign-up', ''))).toEqual({ redirect: '/chat/1?bot=2', email: 'a+b@example.com', isExpired: false });
    history.replaceState(null, '', '/sign-in?redirect=/%09/evil.example');
    expect(nextAddress('/forgot-password')).toBe('/forgot-password');
    history.replaceState(null, '', '/');
  });

  it('is short where there is nothing to say', () => {
    expect(signInAddress({ redirect: '/' })).toBe('/sign-in');
    expect(signInAddress({ redirect: '//evil.example' })).toBe('/sign-in');
    expect(readAddress('?redirect=https://evil.example')).toEqual({ redirect: undefined, email: undefined, isExpired: false });
  });

  it('is told from others', () => {
    expect(['/sign-in', '/sign-up/', '/forgot-password', '/', '/sign-in/x'].map(isSignInPage)).toEqual([true, true, true, false, false]);
  });
});
