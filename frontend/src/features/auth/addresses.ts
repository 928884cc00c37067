/** The pages of those who are not signed in yet. */
const PAGES = ['/sign-in', '/sign-up', '/forgot-password'];

export const isSignInPage = (path: string) => PAGES.includes(path.replace(/\/$/, ''));

/** Only a path of this page: an address elsewhere must not be where a sign-in leads to. */
export const safeRedirect = (to: unknown): string | undefined =>
  typeof to === 'string' && /^\/(?![/\\])/.test(to) && !to.startsWith('/sign-') ? to : undefined;

interface ToSignIn {
  /** Where to go then. */
  redirect?: string | undefined;
  email?: string | undefined;
  /** The session has ended, and nobody signed out. */
  expired?: boolean;
}

export function signInAddress({ redirect, email, expired = false }: ToSignIn) {
  const to = safeRedirect(redirect);
  return address('/sign-in', { redirect: to === '/' ? undefined : to, email, expired: expired ? 'true' : undefined });
}

/** To the code of an account that is not confirmed yet. */
export const confirmAddress = (email: string) => address('/sign-up', { email });

/** What the address says that leads to one of these pages. */
export function readAddress(search: string) {
  const said = new URLSearchParams(search);
  return {
    redirect: safeRedirect(said.get('redirect')),
    email: said.get('email') ?? undefined,
    isExpired: said.get('expired') === 'true',
  };
}

function address(path: string, search: Record<string, string | undefined>) {
  const known = Object.entries(search).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return known.length > 0 ? `${path}?${new URLSearchParams(known).toString()}` : path;
}
