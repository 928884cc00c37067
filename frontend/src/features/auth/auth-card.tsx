import type { FormEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { BRAND, Logo } from '@/components/logo';
import { LanguagePicker, ThemePicker } from '@/components/preference-pickers';
import { Button } from '@/components/ui/button';
import { ErrorNote } from '@/components/ui/states';
import { auth, authMessage } from '@/features/auth/session';

interface Props {
  title: string;
  lead?: ReactNode;
  action: string;
  isBusy: boolean;
  error: unknown;
  onSubmit: () => void;
  children: ReactNode;
  footer?: ReactNode;
}

/** Gets what signing in takes while the user types. */
const prepare = () => { auth().catch(() => undefined); };

/** The form of each step of signing in and up. */
export function AuthCard({ title, lead, action, isBusy, error, onSubmit, children, footer }: Props) {
  const { t } = useTranslation('auth');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isBusy) onSubmit();
  };
  return (
    <main className="grid min-h-dvh place-items-center bg-[radial-gradient(60rem_32rem_at_50%_-8rem,var(--mango-wash),transparent)] px-4 py-10">
      <div className="w-full max-w-sm">
        <p className="mb-8 flex items-center justify-center gap-3 text-xl font-semibold tracking-tight"><Logo className="size-9" /> {BRAND}</p>
        <div className="rounded-3xl border border-line bg-surface p-7 shadow-lift">
          <h1 className="text-xl font-semibold tracking-tight">{title}</h1>
          {lead && <p className="mt-1.5 text-sm leading-6 text-ink-soft">{lead}</p>}
          <form onSubmit={submit} onInput={prepare} className="mt-6 space-y-4">
            {children}
            {error !== null && <ErrorNote error={new Error(authMessage(error))} />}
            <Button type="submit" size="lg" className="w-full" disabled={isBusy}>{isBusy ? t('busy') : action}</Button>
          </form>
        </div>
        {footer && <div className="mt-6 space-y-2 text-center text-sm text-ink-soft">{footer}</div>}
        <div className="mt-8 flex items-center justify-center gap-2">
          <LanguagePicker className="w-auto border-line text-sm" />
          <ThemePicker />
        </div>
      </div>
    </main>
  );
}
