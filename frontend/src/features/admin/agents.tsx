import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { MoreHorizontal } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Agent } from '@/api/types';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Confirm } from '@/components/ui/confirm';
import { Menu, MenuItem, MenuLine } from '@/components/ui/menu';
import { ErrorNote } from '@/components/ui/states';
import { changeAgent, deleteAgent, everyAgentQuery } from '@/features/admin/api';
import { SearchedList } from '@/features/admin/searched-list';
import { type Column, Named, Table } from '@/features/admin/table';
import { number } from '@/lib/format';
import { useDebounced } from '@/lib/use-debounced';

/** All agents: an administrator publishes them, takes them out of use, and deletes them. */
export function Agents() {
  const { t } = useTranslation('admin');
  const [words, setWords] = useState('');
  const query = useInfiniteQuery(everyAgentQuery(useDebounced(words, 250)));
  const [doomed, setDoomed] = useState<Agent | null>(null);
  const change = useMutation(changeAgent);
  const remove = useMutation(deleteAgent);
  const agents = query.data?.pages.flatMap((page) => page.items) ?? [];

  const columns: Column<Agent>[] = [
    { name: t('column.agent'), cell: (agent) => <Named name={agent.display_name}>{agent.category}</Named> },
    { name: t('column.status'), cell: (agent) => <Badge tone={agent.status === 'active' ? 'leaf' : 'neutral'}>{agent.status === 'active' ? t('agents.active') : agent.status === 'inactive' ? t('agents.inactive') : agent.status}</Badge> },
    { name: t('column.visibility'), from: 'sm', cell: (agent) => <Badge tone={agent.is_public ? 'mango' : 'neutral'}>{agent.is_public ? t('agents.public') : t('agents.private')}</Badge> },
    { name: t('column.uses'), isFigure: true, from: 'md', cell: (agent) => number(agent.total_requests) },
    {
      name: t('column.actions'),
      isQuiet: true,
      cell: (agent) => (
        <Menu trigger={<Button size="sm" variant="ghost" aria-label={t('agents.more', { name: agent.display_name })}><MoreHorizontal /></Button>}>
          <MenuItem onSelect={() => { change.mutate({ id: agent.id, is_public: !agent.is_public }); }}>{agent.is_public ? t('agents.hide') : t('agents.publish')}</MenuItem>
          <MenuItem onSelect={() => { change.mutate({ id: agent.id, status: agent.status === 'active' ? 'inactive' : 'active' }); }}>{agent.status === 'active' ? t('agents.deactivate') : t('agents.activate')}</MenuItem>
          <MenuLine />
          <MenuItem danger onSelect={() => { setDoomed(agent); }}>{t('agents.delete')}</MenuItem>
        </Menu>
      ),
    },
  ];
  return (
    <SearchedList label={t('agents.search')} words={words} onWords={setWords} query={query} isEmpty={agents.length === 0}>
      {change.isError && <ErrorNote error={change.error} />}
      <Table caption={t('tab.agents')} columns={columns} rows={agents} keyOf={(agent) => agent.id} />
      <Confirm
        open={doomed !== null}
        onOpenChange={() => { setDoomed(null); }}
        title={t('deleteQuestion', { name: doomed?.display_name })}
        action={t('agents.delete')}
        onConfirm={async () => { if (doomed) await remove.mutateAsync(doomed.id); }}
      >
        {t('agents.deleteText')}
      </Confirm>
    </SearchedList>
  );
}
