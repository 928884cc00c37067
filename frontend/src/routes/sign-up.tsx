import { createFileRoute, useNavigate } from '@tanstack/react-router';
import i18n from 'i18next';
import { SignUp } from '@/features/auth/sign-up';

export const Route = createFileRoute('/sign-up')({
  validateSearch: (search): { email?: string } => (typeof search.email === 'string' ? { email: search.email } : {}),
  codeSplitGroupings: [['component']],
  loader: () => i18n.loadNamespaces('auth'),
  component: SignUpPage,
});

function SignUpPage() {
  const { email } = Route.useSearch();
  const navigate = useNavigate();
  return (
    <SignUp
      unconfirmed={email}
      onSignedIn={() => void navigate({ to: '/' })}
      onConfirmed={(address) => void navigate({ to: '/sign-in', search: { email: address } })}
    />
  );
}
