import { useQuery } from '@tanstack/react-query';
import { ShieldX } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { useTranslation } from 'react-i18next';
import { Empty, Failed, Loading } from '@/components/ui/states';
import { Agents } from '@/features/admin/agents';
import { Bots } from '@/features/admin/bots';
import { type Tab, TABS } from '@/features/admin/tabs';
import { TenantUsage } from '@/features/admin/tenant-usage';
import { Users } from '@/features/admin/users';
import { meQuery } from '@/features/auth/api';
import type { Range } from '@/features/usage/days';

interface Props {
  tab: Tab;
  onTab: (tab: Tab) => void;
  range: Range;
  onRange: (range: Range) => void;
}

/** What administrators see. The service refuses others in any case. */
export function Admin({ tab, onTab, range, onRange }: Props) {
  const { t } = useTranslation('admin');
  const me = useQuery(meQuery);
  if (me.isPending) return <Loading rows={3} />;
  if (me.isError) return <Failed error={me.error} onRetry={() => void me.refetch()} />;
  if (me.data.role !== 'admin') return <Empty icon={ShieldX} title={t('denied.title')}>{t('denied.text')}</Empty>;
  return (
    <Tabs.Root value={tab} onValueChange={(next) => { onTab(next as Tab); }}>
      <Tabs.List aria-label={t('areas')} className="mb-6 flex gap-1 overflow-x-auto border-b border-line">
        {TABS.map((value) => (
          <Tabs.Trigger key={value} value={value} className="-mb-px h-10 border-b-2 border-transparent px-3 text-sm whitespace-nowrap text-ink-soft hover:text-ink focus-visible:-outline-offset-2 data-[state=active]:border-mango-strong data-[state=active]:font-medium data-[state=active]:text-ink">
            {t(`tab.${value}`)}
          </Tabs.Trigger>
        ))}
      </Tabs.List>
      <Tabs.Content value="usage"><TenantUsage range={range} onRange={onRange} /></Tabs.Content>
      <Tabs.Content value="users"><Users /></Tabs.Content>
      <Tabs.Content value="bots"><Bots /></Tabs.Content>
      <Tabs.Content value="agents"><Agents /></Tabs.Content>
    </Tabs.Root>
  );
}
