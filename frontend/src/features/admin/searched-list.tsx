import { Search } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/field';
import { ErrorNote, Failed, Loading } from '@/components/ui/states';

interface Props {
  /** What the field is for. */
  label: string;
  words: string;
  onWords: (words: string) => void;
  /** Beside the field. */
  note?: ReactNode;
  query: {
    isPending: boolean;
    error: Error | null;
    isLoadingError: boolean;
    refetch: () => unknown;
    hasNextPage: boolean;
    isFetchingNextPage: boolean;
    fetchNextPage: () => unknown;
  };
  isEmpty: boolean;
  children: ReactNode;
}

/** A list that comes in pages, with a field to search it. */
export function SearchedList({ label, words, onWords, note, query, isEmpty, children }: Props) {
  const { t } = useTranslation('admin');
  return (
    <div className="space-y-4">
      <div className="flex flex-wrap items-center justify-between gap-3">
        <label className="relative w-full sm:max-w-xs">
          <span className="sr-only">{label}</span>
          <Search className="pointer-events-none absolute start-3 top-3 size-4 text-ink-faint" aria-hidden />
          <Input type="search" value={words} maxLength={200} placeholder={label} onChange={(event) => { onWords(event.target.value); }} className="ps-9" />
        </label>
        {note && <p className="text-sm text-ink-soft" role="status">{note}</p>}
      </div>
      {query.isPending ? <Loading rows={5} rowClassName="h-14" /> : query.isLoadingError ? <Failed error={query.error} onRetry={() => void query.refetch()} /> : isEmpty ? (
        <p className="rounded-2xl border border-dashed border-line-strong px-6 py-12 text-center text-sm text-ink-soft" role="status">{t('nothingFound')}</p>
      ) : children}
      {query.error && !query.isLoadingError && <ErrorNote error={query.error} />}
      {query.hasNextPage && (
        <div className="text-center"><Button variant="secondary" size="sm" disabled={query.isFetchingNextPage} onClick={() => { query.fetchNextPage(); }}>{t('more')}</Button></div>
      )}
    </div>
  );
}
