import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot, BotVersion } from '@/api/types';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ErrorNote, Failed, Loading } from '@/components/ui/states';
import { restoreVersion, versionsQuery } from '@/features/bots/api';
import { changedFields } from '@/features/bots/versions/compare';
import { Difference } from '@/features/bots/versions/difference';
import { ago, list } from '@/lib/format';

interface Props {
  botId: string;
  /** Whether the form has changes that restoring would lose. */
  isDirty: boolean;
  onRestored: (bot: Bot) => void;
}

/** What a bot was before, and what it can be again. */
export function Versions({ botId, isDirty, onRestored }: Props) {
  const { t } = useTranslation('editor');
  const versions = useInfiniteQuery(versionsQuery(botId));
  const [opened, setOpened] = useState<BotVersion | null>(null);
  const [restored, setRestored] = useState<number | null>(null);
  if (versions.isPending) return <Loading rows={4} rowClassName="h-16" />;
  if (versions.isError) return <Failed error={versions.error} onRetry={() => void versions.refetch()} />;
  const [current] = versions.data;
  return (
    <section aria-label={t('tab.versions')}>
      <p role="status" className={restored === null ? 'sr-only' : 'mb-3 text-sm text-leaf'}>{restored !== null && t('versions.restored', { version: restored })}</p>
      <ol className="divide-y divide-line overflow-hidden rounded-2xl border border-line bg-surface shadow-soft">
        {versions.data.map((version, index) => (
          <li key={version.number}>
            <button type="button" onClick={() => { setOpened(version); }} className="w-full px-4 py-3 text-start hover:bg-raised focus-visible:-outline-offset-2">
              <span className="flex items-center gap-2">
                <span className="text-sm font-medium">{t('versions.one', { version: version.number })}</span>
                {version === current && <Badge tone="mango">{t('versions.current')}</Badge>}
                <time dateTime={version.created_at} className="ms-auto text-xs text-ink-faint">{ago(version.created_at)}</time>
              </span>
              <span className="mt-0.5 block truncate text-xs text-ink-soft"><Changes version={version} before={versions.data[index + 1]} isLast={!versions.hasNextPage && index === versions.data.length - 1} /></span>
            </button>
          </li>
        ))}
      </ol>
      {versions.hasNextPage && <Button variant="ghost" size="sm" className="mt-3 w-full" disabled={versions.isFetchingNextPage} onClick={() => void versions.fetchNextPage()}>{t('more')}</Button>}
      {current && opened && (
        <Opened key={opened.number} botId={botId} version={opened} current={current} isDirty={isDirty} onClose={() => { setOpened(null); }} onRestored={(bot) => { setRestored(opened.number); setOpened(null); onRestored(bot); }} />
      )}
    </section>
  );
}

/** What is new in a version. */
function Changes({ version, before, isLast }: { version: BotVersion; before: BotVersion | undefined; isLast: boolean }) {
  const { t } = useTranslation('editor');
  if (before) return list(changedFields(before.configuration, version.configuration).map((field) => t(`field.${field}`)));
  return isLast ? t('versions.first') : '…';
}

interface OpenedProps {
  botId: string;
  version: BotVersion;
  current: BotVersion;
  isDirty: boolean;
  onClose: () => void;
  onRestored: (bot: Bot) => void;
}

function Opened({ botId, version, current, isDirty, onClose, onRestored }: OpenedProps) {
  const { t } = useTranslation('editor');
  const restore = useMutation(restoreVersion(botId));
  const isCurrent = version.number === current.number;
  return (
    <Dialog open onOpenChange={onClose} title={t('versions.one', { version: version.number })} description={isCurrent ? t('versions.isCurrent') : t('versions.compared')} className="max-w-2xl">
      {!isCurrent && (
        <>
          <div className="-mx-1 min-h-0 overflow-y-auto px-1"><Difference before={current.configuration} after={version.configuration} /></div>
          {restore.isError && <ErrorNote error={restore.error} className="mt-4" />}
          <footer className="mt-5 flex flex-wrap items-center justify-end gap-3">
            {isDirty && <p className="min-w-0 flex-1 text-[0.8125rem] leading-5 text-danger">{t('versions.losesChanges')}</p>}
            <Button disabled={restore.isPending} onClick={() => { restore.mutate(version.number, { onSuccess: onRestored }); }}><RotateCcw /> {t('versions.restore')}</Button>
          </footer>
        </>
      )}
    </Dialog>
  );
}
