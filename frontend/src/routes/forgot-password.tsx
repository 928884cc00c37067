import { createFileRoute, useNavigate } from '@tanstack/react-router';
import { ForgotPassword } from '@/features/auth/forgot-password';

export const Route = createFileRoute('/forgot-password')({ component: ForgotPasswordPage });

function ForgotPasswordPage() {
  const navigate = useNavigate();
  return <ForgotPassword onSignedIn={() => void navigate({ to: '/' })} />;
}
