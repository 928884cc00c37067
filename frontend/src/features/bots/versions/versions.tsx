import { useInfiniteQuery } from '@tanstack/react-query';
import { RotateCcw } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BotVersion } from '@/api/types';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ErrorNote, Failed, Loading } from '@/components/ui/states';
import { versionsQuery } from '@/features/bots/api';
import { changedFields } from '@/features/bots/versions/compare';
import { Difference } from '@/features/bots/versions/difference';
import { ago, list } from '@/lib/format';

interface Props {
  botId: string;
  /** Whether the form has changes that restoring would lose. */
  isDirty: boolean;
  /** How it gets on that the version with this number is restored. */
  restore: { isPending: boolean; isSuccess: boolean; error: Error | null; variables: number | undefined };
  onRestore: (version: number) => Promise<void>;
}

/** What a bot was before, and what it can be again. */
export function Versions({ botId, isDirty, restore, onRestore }: Props) {
  const { t } = useTranslation('editor');
  const versions = useInfiniteQuery(versionsQuery(botId));
  const [opened, setOpened] = useState<BotVersion | null>(null);
  const restored = restore.isSuccess ? restore.variables : undefined;
  if (versions.isPending) return <Loading rows={4} rowClassName="h-16" />;
  if (versions.isLoadingError) return <Failed error={versions.error} onRetry={() => void versions.refetch()} />;
  const [current] = versions.data;
  return (
    <section aria-label={t('tab.versions')}>
      <p role="status" className={restored === undefined ? 'sr-only' : 'mb-3 text-sm text-leaf'}>{restored !== undefined && t('versions.restored', { version: restored })}</p>
      {restore.error && restore.variables !== opened?.number && <ErrorNote error={restore.error} className="mb-3" />}
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
      {versions.isFetchNextPageError && <ErrorNote error={versions.error} className="mt-3" />}
      {versions.hasNextPage && <Button variant="ghost" size="sm" className="mt-3 w-full" disabled={versions.isFetchingNextPage} onClick={() => void versions.fetchNextPage()}>{t('more')}</Button>}
      {current && opened && (
        <Opened
          version={opened}
          current={current}
          isDirty={isDirty}
          isBusy={restore.isPending}
          error={restore.variables === opened.number ? restore.error : null}
          onClose={() => { setOpened(null); }}
          onRestore={() => { onRestore(opened.number).then(() => { setOpened((now) => (now === opened ? null : now)); }, () => undefined); }}
        />
      )}
    </section>
  );
}

/** What is new in a version. */
function Changes({ version, before, isLast }: { version: BotVersion; before: BotVersion | undefined; isLast: boolean }) {
  const { t } = useTranslation('editor');
  if (before) return list(changedFields(before.configuration, version.configuration).map((field) => t(`field.${field}`)));
  // The service keeps so many of them, not always the first.
  return isLast && version.number === 1 ? t('versions.first') : '…';
}

interface OpenedProps {
  version: BotVersion;
  current: BotVersion;
  isDirty: boolean;
  isBusy: boolean;
  error: Error | null;
  onClose: () => void;
  onRestore: () => void;
}

function Opened({ version, current, isDirty, isBusy, error, onClose, onRestore }: OpenedProps) {
  const { t } = useTranslation('editor');
  const isCurrent = version.number === current.number;
  return (
    <Dialog open onOpenChange={onClose} title={t('versions.one', { version: version.number })} description={isCurrent ? t('versions.isCurrent') : t('versions.compared')} className="max-w-2xl">
      {!isCurrent && (
        <>
          <div className="-mx-1 min-h-0 overflow-y-auto px-1"><Difference before={current.configuration} after={version.configuration} /></div>
          {error && <ErrorNote error={error} className="mt-4" />}
          <footer className="mt-5 flex flex-wrap items-center justify-end gap-3">
            {isDirty && <p className="min-w-0 flex-1 text-[0.8125rem] leading-5 text-danger">{t('versions.losesChanges')}</p>}
            <Button disabled={isBusy} onClick={onRestore}><RotateCcw /> {t('versions.restore')}</Button>
          </footer>
        </>
      )}
    </Dialog>
  );
}
