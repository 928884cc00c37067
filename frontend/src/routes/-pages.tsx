import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { Compass } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/components/ui/button';
import { missing } from '@/components/ui/on-demand';
import { Empty, Failed } from '@/components/ui/states';

export function ErrorPage({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  // Each browser has words of its own for code that it can't fetch, and may not try it again on the same page.
  const isCode = error instanceof TypeError && /module/i.test(error.message);
  const retry = () => {
    if (isCode) location.reload();
    reset();
    void router.invalidate();
  };
  return <div className="mx-auto max-w-3xl p-6 sm:p-10"><Failed error={isCode ? missing() : error} onRetry={retry} /></div>;
}

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <div className="mx-auto max-w-3xl p-6 sm:p-10">
      <Empty icon={Compass} title={t('notFound.title')} action={<Button asChild><Link to="/">{t('notFound.action')}</Link></Button>}>
        {t('notFound.text')}
      </Empty>
    </div>
  );
}
