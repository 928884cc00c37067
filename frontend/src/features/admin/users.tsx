import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AdminUser } from '@/api/types';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Confirm } from '@/components/ui/confirm';
import { ErrorNote } from '@/components/ui/states';
import { setActive, usersQuery } from '@/features/admin/api';
import { SearchedList } from '@/features/admin/searched-list';
import { type Column, Named, Table } from '@/features/admin/table';
import { meQuery } from '@/features/auth/api';
import { ago, dateOf, facts, number } from '@/lib/format';
import { useDebounced } from '@/lib/use-debounced';

/** Who has registered; an administrator shuts them out and lets them in again. */
export function Users() {
  const { t } = useTranslation('admin');
  const [words, setWords] = useState('');
  const query = useInfiniteQuery(usersQuery(useDebounced(words, 250)));
  const me = useQuery(meQuery);
  const [doomed, setDoomed] = useState<AdminUser | null>(null);
  const change = useMutation(setActive);
  const users = query.data?.pages.flatMap((page) => page.items) ?? [];
  const nameOf = (user: AdminUser) => user.full_name || user.username;

  const columns: Column<AdminUser>[] = [
    {
      name: t('column.user'),
      cell: (user) => (
        <>
          <Named name={nameOf(user)}>{user.email}</Named>
          <span className="mt-1 flex flex-wrap gap-1">
            {user.role === 'admin' && <Badge tone="mango">{t('users.admin')}</Badge>}
            {!user.is_active && <Badge tone="neutral">{t('users.inactive')}</Badge>}
          </span>
          <span className="mt-0.5 block truncate text-xs text-ink-faint md:hidden">{facts(t('users.chats', { count: user.chats }), t('users.seen', { when: ago(user.last_login) }))}</span>
        </>
      ),
    },
    { name: t('column.chats'), isFigure: true, from: 'md', cell: (user) => number(user.chats) },
    { name: t('column.bots'), isFigure: true, from: 'md', cell: (user) => number(user.bots) },
    { name: t('column.bases'), isFigure: true, from: 'lg', cell: (user) => number(user.knowledge_bases) },
    { name: t('column.lastLogin'), from: 'md', cell: (user) => <span title={dateOf(user.last_login)}>{ago(user.last_login)}</span> },
    { name: t('column.since'), from: 'lg', cell: (user) => dateOf(user.created_at) },
    {
      name: t('column.actions'),
      isQuiet: true,
      cell: (user) => user.id !== me.data?.id && (
        user.is_active
          ? <Button size="sm" variant="ghost" aria-label={t('users.deactivateNamed', { name: nameOf(user) })} onClick={() => { setDoomed(user); }}>{t('users.deactivate')}</Button>
          : <Button size="sm" variant="secondary" disabled={change.isPending} aria-label={t('users.activateNamed', { name: nameOf(user) })} onClick={() => { change.mutate({ id: user.id, is_active: true }); }}>{t('users.activate')}</Button>
      ),
    },
  ];
  const total = query.data?.pages[0]?.total;
  return (
    <SearchedList label={t('users.search')} words={words} onWords={setWords} query={query} isEmpty={users.length === 0} note={total !== undefined && t('users.count', { count: total })}>
      {change.isError && !doomed && <ErrorNote error={change.error} />}
      <Table caption={t('tab.users')} columns={columns} rows={users} keyOf={(user) => user.id} />
      <Confirm
        open={doomed !== null}
        onOpenChange={() => { setDoomed(null); }}
        title={t('users.deactivateQuestion', { name: doomed && nameOf(doomed) })}
        action={t('users.deactivate')}
        onConfirm={async () => { if (doomed) await change.mutateAsync({ id: doomed.id, is_active: false }); }}
      >
        {t('users.deactivateText')}
      </Confirm>
    </SearchedList>
  );
}
