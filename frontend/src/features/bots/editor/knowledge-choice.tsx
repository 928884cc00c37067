import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useEffect, useId, useState } from 'react';
import { Trans, useTranslation } from 'react-i18next';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/field';
import { Failed, Loading } from '@/components/ui/states';
import { basesQuery } from '@/features/knowledge/api';

const MOST = 10;
/** So many are found without searching. */
const FEW = 8;

/** Which knowledge bases a bot answers from. */
export function KnowledgeChoice({ value, onChange }: { value: string[]; onChange: (value: string[]) => void }) {
  const { t } = useTranslation('editor');
  const id = useId();
  const bases = useInfiniteQuery(basesQuery);
  const { hasNextPage, isFetching, isError, fetchNextPage } = bases;
  // All of them, to search and to name what is chosen.
  useEffect(() => { if (hasNextPage && !isFetching && !isError) void fetchNextPage(); }, [hasNextPage, isFetching, isError, fetchNextPage]);
  const [words, setWords] = useState('');
  const all = bases.data ?? [];
  const shown = all.filter(({ name }) => name.toLowerCase().includes(words.trim().toLowerCase()));
  // Not shared any more, or not loaded yet.
  const unknown = value.filter((base) => all.every((known) => known.id !== base));
  const toggle = (base: string) => { onChange(value.includes(base) ? value.filter((other) => other !== base) : [...value, base]); };
  const row = (base: string, name: string, note?: string) => (
    <label key={base} className="flex cursor-pointer items-center gap-3 px-3.5 py-2.5 text-sm hover:bg-raised has-disabled:cursor-default has-disabled:opacity-60">
      <input type="checkbox" checked={value.includes(base)} disabled={!value.includes(base) && value.length >= MOST} onChange={() => { toggle(base); }} className="size-4 shrink-0 accent-mango" />
      <span dir="auto" className="min-w-0 flex-1 truncate text-start">{name}</span>
      {note && <span className="shrink-0 text-xs text-ink-faint">{note}</span>}
    </label>
  );

  if (bases.isPending) return <Loading rows={2} rowClassName="h-10" />;
  if (bases.isLoadingError) return <Failed error={bases.error} onRetry={() => void bases.refetch()} />;
  return (
    <div role="group" aria-labelledby={`${id}-label`} className="space-y-1.5">
      <div className="flex items-baseline justify-between gap-4">
        <p id={`${id}-label`} className="text-sm font-medium">{t('bases.label')}</p>
        {value.length > 0 && <p role="status" className="text-xs text-ink-soft">{t('bases.chosen', { count: value.length, most: MOST })}</p>}
      </div>
      {all.length > FEW && <Input type="search" aria-label={t('bases.search')} placeholder={t('bases.search')} value={words} onChange={(event) => { setWords(event.target.value); }} onKeyDown={(event) => { if (event.key === 'Enter') event.preventDefault(); }} />}
      {all.length + unknown.length > 0 && (
        <div className="max-h-60 divide-y divide-line overflow-y-auto rounded-xl border border-line-strong bg-surface">
          {unknown.map((base) => row(base, t('bases.unknown')))}
          {shown.map((base) => row(base.id, base.name, t('bases.passages', { count: base.chunk_count })))}
          {shown.length === 0 && <p className="px-3.5 py-2.5 text-sm text-ink-faint">{t('bases.noMatch')}</p>}
        </div>
      )}
      {hasNextPage && <Button variant="ghost" size="sm" disabled={isFetching} onClick={() => void fetchNextPage()}>{t('more')}</Button>}
      {all.length === 0 && <p className="text-[0.8125rem] leading-5 text-ink-soft"><Trans t={t} i18nKey="bases.none" components={{ make: <Link to="/knowledge" className="text-mango-ink underline underline-offset-3" /> }} /></p>}
    </div>
  );
}
