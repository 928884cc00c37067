import { useMutation, useQuery } from '@tanstack/react-query';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Choice } from '@/components/ui/choice';
import { ErrorNote, Failed, Loading } from '@/components/ui/states';
import { type By, tenantUsageQuery, usageFile } from '@/features/admin/api';
import { Breakdown } from '@/features/admin/breakdown';
import { RangePicker } from '@/features/admin/range-picker';
import type { Range } from '@/features/usage/days';
import { UsageChart } from '@/features/usage/usage-chart';

/** What everybody's answers cost: over time, and by user, bot and model. */
export function TenantUsage({ range, onRange }: { range: Range; onRange: (range: Range) => void }) {
  const { t } = useTranslation('admin');
  const [by, setBy] = useState<Exclude<By, 'day'>>('user');
  const days = useQuery(tenantUsageQuery(range, 'day'));
  const parts = useQuery(tenantUsageQuery(range, by));
  return (
    <div className="space-y-8">
      <RangePicker range={range} onChange={onRange} />
      {days.isPending ? <Loading rows={1} rowClassName="h-96" /> : days.isError ? <Failed error={days.error} onRetry={() => void days.refetch()} /> : (
        <Card className={days.isPlaceholderData ? 'opacity-60' : ''}>
          <UsageChart range={{ from: days.data.from, to: days.data.to }} total={days.data.total} rows={days.data.items} />
          <div className="mt-4 flex justify-end"><SaveFile range={range} by="day" /></div>
        </Card>
      )}
      <section aria-label={t('parts')}>
        <div className="mb-4 flex flex-wrap items-center justify-between gap-3">
          <Choice label={t('parts')} value={by} onChange={setBy} options={(['user', 'bot', 'model'] as const).map((value) => ({ value, label: t(`by.${value}`) }))} />
          <SaveFile range={range} by={by} />
        </div>
        {parts.isPending ? <Loading rows={4} rowClassName="h-14" /> : parts.isError ? <Failed error={parts.error} onRetry={() => void parts.refetch()} /> : (
          <div className={parts.isPlaceholderData ? 'opacity-60' : ''}><Breakdown key={by} by={by} usage={parts.data} /></div>
        )}
      </section>
    </div>
  );
}

function SaveFile({ range, by }: { range: Range; by: By }) {
  const { t } = useTranslation('admin');
  const save = useMutation({ mutationFn: () => usageFile(range, by), onSuccess: keep });
  return (
    <div className="flex flex-col items-end gap-2">
      <Button size="sm" variant="secondary" disabled={save.isPending} onClick={() => { save.mutate(); }}><Download /> {t(`download.${by}`)}</Button>
      {save.isError && <ErrorNote error={save.error} />}
    </div>
  );
}

/** Has the browser keep a file. */
function keep(file: File) {
  const url = URL.createObjectURL(file);
  Object.assign(document.createElement('a'), { href: url, download: file.name }).click();
  setTimeout(() => { URL.revokeObjectURL(url); }, 60_000);
}
