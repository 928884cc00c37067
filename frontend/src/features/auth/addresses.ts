/** The pages of those who are not signed in yet. */
const PAGES = ['/sign-in', '/sign-up', '/forgot-password'];

export const isSignInPage = (path: string) => PAGES.includes(path.replace(/\/$/, ''));

/** Only a path of this page: an address elsewhere must not be where a sign-in leads to. */
export function safeRedirect(to: unknown): string | undefined {
  if (typeof to !== 'string' || !to.startsWith('/') || !URL.canParse(to, location.origin)) return undefined;
  // As a browser reads it, which leaves out tabs, and takes a backslash for a slash.
  const { origin, pathname } = new URL(to, location.origin);
  return origin === location.origin && !isSignInPage(pathname) ? to : undefined;
}

interface ToSignIn {
  /** Where to go then. */
  redirect?: string | undefined;
  /** The session has ended, and nobody signed out. */
  expired?: boolean;
}

export function signInAddress({ redirect, expired = false }: ToSignIn) {
  const to = safeRedirect(redirect);
  return address('/sign-in', { redirect: to === '/' ? undefined : to, expired: expired ? 'true' : undefined });
}

/** Another of these pages, which leads to where this one would have. With its email address, `/sign-up` asks for the code of an account only. */
export const nextAddress = (path: '/sign-in' | '/sign-up' | '/forgot-password', email?: string) =>
  address(path, { redirect: readAddress(location.search).redirect, email });

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
