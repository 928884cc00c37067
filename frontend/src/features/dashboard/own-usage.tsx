import { useQuery } from '@tanstack/react-query';
import { ChartColumn } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Card } from '@/components/ui/card';
import { Failed, Loading } from '@/components/ui/states';
import { usageQuery } from '@/features/usage/api';
import { lastDays } from '@/features/usage/days';
import { UsageChart } from '@/features/usage/usage-chart';

/** What one's own answers cost in the last thirty days. */
export function OwnUsage() {
  const { t } = useTranslation('dashboard');
  const range = lastDays(30);
  const usage = useQuery(usageQuery(range));
  return (
    <section>
      <h2 className="mb-4 font-semibold tracking-tight">{t('usage')}</h2>
      {usage.isPending && <Loading rows={1} rowClassName="h-80" />}
      {usage.isError && <Failed error={usage.error} onRetry={() => void usage.refetch()} />}
      {usage.data?.total.answers === 0 && <Card className="flex items-center gap-3 text-sm text-ink-soft"><ChartColumn className="size-5 shrink-0 text-ink-faint" aria-hidden /> {t('noUsage')}</Card>}
      {usage.data && usage.data.total.answers > 0 && <Card><UsageChart range={range} total={usage.data.total} rows={usage.data.days} /><p className="mt-4 text-xs text-ink-faint">{t('utc', { ns: 'usage' })}</p></Card>}
    </section>
  );
}
