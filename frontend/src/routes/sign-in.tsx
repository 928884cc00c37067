import { createFileRoute, redirect, useNavigate, useRouter } from '@tanstack/react-router';
import i18n from 'i18next';
import { isSignedIn, safeRedirect } from '@/features/auth/session';
import { SignIn } from '@/features/auth/sign-in';

interface Search {
  redirect?: string;
  email?: string;
  expired?: boolean;
}

export const Route = createFileRoute('/sign-in')({
  validateSearch: (search): Search => {
    const to = safeRedirect(search.redirect);
    return {
      ...(to ? { redirect: to } : {}),
      ...(typeof search.email === 'string' ? { email: search.email } : {}),
      ...(search.expired === true ? { expired: true } : {}),
    };
  },
  beforeLoad: ({ search }) => {
    if (isSignedIn() && !search.expired) throw redirect({ to: '/' });
  },
  codeSplitGroupings: [['component']],
  loader: () => i18n.loadNamespaces('auth'),
  component: SignInPage,
});

function SignInPage() {
  const { redirect: to, email, expired } = Route.useSearch();
  const navigate = useNavigate();
  const router = useRouter();
  return (
    <SignIn
      email={email}
      isExpired={expired ?? false}
      onSignedIn={() => { router.history.push(to ?? '/'); }}
      onUnconfirmed={(address) => void navigate({ to: '/sign-up', search: { email: address } })}
    />
  );
}
