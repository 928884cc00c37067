import { t } from 'i18next';
import { CircleAlert, type LucideIcon, RotateCw } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { Button } from '@/components/ui/button';
import { cn } from '@/lib/cn';

/** A grey place where something will be. */
export const Skeleton = ({ className }: { className?: string }) => <div aria-hidden className={cn('animate-pulse rounded-xl bg-raised', className)} />;

/** Several of them, and for a screen reader one word. */
export function Loading({ rows = 3, className, rowClassName }: { rows?: number; className?: string; rowClassName?: string }) {
  const { t } = useTranslation();
  return (
    <div role="status" className={className ?? 'space-y-3'}>
      <span className="sr-only">{t('loading')}</span>
      {Array.from({ length: rows }, (_, row) => <Skeleton key={row} className={rowClassName ?? 'h-24'} />)}
    </div>
  );
}

interface EmptyProps {
  icon: LucideIcon;
  title: string;
  children: ReactNode;
  action?: ReactNode;
}

/** Says what would be here and how to begin. */
export function Empty({ icon: Icon, title, children, action }: EmptyProps) {
  return (
    <div className="flex flex-col items-center rounded-2xl border border-dashed border-line-strong px-6 py-14 text-center">
      <span className="mb-4 grid size-12 place-items-center rounded-2xl bg-mango-wash text-mango-ink"><Icon className="size-6" aria-hidden /></span>
      <h2 className="font-semibold tracking-tight">{title}</h2>
      <p className="mt-1.5 max-w-sm text-sm leading-6 text-balance text-ink-soft">{children}</p>
      {action && <div className="mt-5">{action}</div>}
    </div>
  );
}

/** What went wrong, for a person. */
export function errorText(error: unknown): string {
  if (error instanceof ApiError) return error.detail;
  return error instanceof Error && error.message ? error.message : t('error.unknown');
}

/** An error in one line or two, where it happened. */
export function ErrorNote({ error, className, children }: { error: unknown; className?: string; children?: ReactNode }) {
  const { t } = useTranslation();
  const requestId = error instanceof ApiError && error.status >= 500 ? error.requestId : null;
  return (
    <div role="alert" className={cn('flex items-start gap-2.5 rounded-xl bg-danger-wash px-3.5 py-3 text-sm leading-6 text-danger', className)}>
      <CircleAlert className="mt-1 size-4 shrink-0" aria-hidden />
      <div className="min-w-0 flex-1 wrap-anywhere">
        {errorText(error)}
        {requestId && <span className="block text-xs opacity-80">{t('error.request', { id: requestId })}</span>}
      </div>
      {children}
    </div>
  );
}

/** In the place of what could not be loaded. */
export function Failed({ error, onRetry }: { error: unknown; onRetry?: (() => void) | undefined }) {
  const { t } = useTranslation();
  return (
    <div className="flex flex-col items-center rounded-2xl border border-line px-6 py-14 text-center" role="alert">
      <span className="mb-4 grid size-12 place-items-center rounded-2xl bg-danger-wash text-danger"><CircleAlert className="size-6" aria-hidden /></span>
      <h2 className="font-semibold tracking-tight">{t('failed.title')}</h2>
      <p className="mt-1.5 max-w-sm text-sm leading-6 text-balance text-ink-soft">{errorText(error)}</p>
      {onRetry && <Button variant="secondary" className="mt-5" onClick={onRetry}><RotateCw /> {t('failed.again')}</Button>}
    </div>
  );
}
