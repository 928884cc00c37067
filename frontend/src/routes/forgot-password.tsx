import { createFileRoute, useNavigate } from '@tanstack/react-router';
import i18n from 'i18next';
import { ForgotPassword } from '@/features/auth/forgot-password';

export const Route = createFileRoute('/forgot-password')({
  codeSplitGroupings: [['component']],
  loader: () => i18n.loadNamespaces('auth'),
  component: ForgotPasswordPage,
});

function ForgotPasswordPage() {
  const navigate = useNavigate();
  return <ForgotPassword onSignedIn={() => void navigate({ to: '/' })} />;
}
