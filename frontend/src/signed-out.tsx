import { nextAddress, readAddress } from '@/features/auth/addresses';
import { ForgotPassword } from '@/features/auth/forgot-password';
import { isSignedIn } from '@/features/auth/session';
import { SignIn } from '@/features/auth/sign-in';
import { SignUp } from '@/features/auth/sign-up';
import { followTabs } from '@/features/auth/tabs';

// The pages before the sign-in have no router and nothing else of the app: they are what is seen
// first, and signing in begins with a new document, in which nothing of another user is left.

const go = (to: string) => { location.assign(to); };
/** Not into the history: going back must not lead to a form that was sent. */
const enter = (to: string) => { location.replace(to); };
const toSignIn = (email: string) => { enter(nextAddress('/sign-in', email)); };

export function Page() {
  const { redirect = '/', email, isExpired } = readAddress(location.search);
  const onSignedIn = () => { enter(redirect); };
  switch (location.pathname.replace(/\/$/, '')) {
    case '/sign-up':
      return <SignUp unconfirmed={email} onSignedIn={onSignedIn} onConfirmed={toSignIn} />;
    case '/forgot-password':
      return <ForgotPassword email={email} onSignedIn={onSignedIn} onReset={toSignIn} />;
    default:
      return (
        <SignIn
          email={email}
          isExpired={isExpired}
          onSignedIn={onSignedIn}
          onUnconfirmed={(unconfirmed) => { go(nextAddress('/sign-up', unconfirmed)); }}
          onResetNeeded={(known) => { go(nextAddress('/forgot-password', known)); }}
        />
      );
  }
}

/** Whoever is signed in has nothing to do here, unless the session has ended. */
export function start() {
  const { redirect = '/', isExpired } = readAddress(location.search);
  if (isSignedIn() && !isExpired && location.pathname === '/sign-in') enter(redirect);
  // Another tab has signed in for all of them.
  followTabs((news) => { if (news === 'signed-in') enter(redirect); });
}
