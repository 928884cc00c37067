import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { Button } from '@/components/ui/button';
import { Empty, Failed } from '@/components/ui/states';

export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  const retry = () => {
    reset();
    void router.invalidate();
  };
  return <div className="mx-auto max-w-3xl p-6 sm:p-10"><Failed error={error} onRetry={retry} /></div>;
}

export const NotFoundPage = () => (
  <div className="mx-auto max-w-3xl p-6 sm:p-10">
    <Empty icon={Compass} title="There is nothing here" action={<Button asChild><Link to="/">To the dashboard</Link></Button>}>
      The page you are looking for does not exist, or it is not yours.
    </Empty>
  </div>
);
