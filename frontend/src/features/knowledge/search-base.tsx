import { useMutation } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { FoundText } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Input } from '@/components/ui/field';
import { ErrorNote, Loading } from '@/components/ui/states';
import { searchBase } from '@/features/knowledge/api';
import { sourceName } from '@/features/knowledge/source-name';
import { percent } from '@/lib/format';

/** Shows what a bot would be given for a question. */
export function SearchBase({ baseId }: { baseId: string }) {
  const { t } = useTranslation('knowledge');
  const [query, setQuery] = useState('');
  const search = useMutation(searchBase(baseId));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    search.mutate(query.trim());
  };
  return (
    <Card className="sm:p-6">
      <h2 className="font-semibold tracking-tight">{t('search.title')}</h2>
      <p className="mt-1 text-sm leading-6 text-ink-soft">{t('search.lead')}</p>
      <form onSubmit={submit} role="search" className="mt-4 flex gap-2">
        <Input type="search" maxLength={4000} aria-label={t('search.question')} placeholder={t('search.placeholder')} value={query} onChange={(event) => { setQuery(event.target.value); }} />
        <Button type="submit" variant="secondary" disabled={!query.trim() || search.isPending}><Search /> {t('search.action')}</Button>
      </form>
      <div className="mt-4" aria-live="polite">
        {search.isPending && <Loading rows={2} rowClassName="h-20" />}
        {search.isError && <ErrorNote error={search.error} />}
        {search.isSuccess && search.data.length === 0 && <p className="py-4 text-center text-sm text-ink-faint">{t('search.none')}</p>}
        {search.isSuccess && <ol className="space-y-3">{search.data.map((result) => <Result key={result.id} result={result} />)}</ol>}
      </div>
    </Card>
  );
}

function Result({ result }: { result: FoundText }) {
  const { t } = useTranslation('knowledge');
  return (
    <li className="rounded-xl border border-line px-4 py-3">
      <div className="mb-2 flex items-center gap-3 text-xs text-ink-faint">
        <span dir="auto" className="min-w-0 flex-1 truncate">{sourceName(result)}</span>
        <span className="h-1.5 w-16 overflow-hidden rounded-full bg-raised" aria-hidden>
          <span className="block h-full rounded-full bg-mango" style={{ width: `${Math.max(0, result.similarity) * 100}%` }} />
        </span>
        <span className="tabular-nums">{t('similar', { share: percent(result.similarity) })}</span>
      </div>
      <p dir="auto" className="line-clamp-4 text-sm leading-6 wrap-anywhere whitespace-pre-wrap">{result.text}</p>
    </li>
  );
}
