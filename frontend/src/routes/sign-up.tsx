import { createFileRoute, useNavigate } from '@tanstack/react-router';
import { SignUp } from '@/features/auth/sign-up';

export const Route = createFileRoute('/sign-up')({
  validateSearch: (search): { email?: string } => (typeof search.email === 'string' ? { email: search.email } : {}),
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
