import { useMutation } from '@tanstack/react-query';
import { Search } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { FoundText } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Input } from '@/components/ui/field';
import { ErrorNote, Loading } from '@/components/ui/states';
import { searchBase } from '@/features/knowledge/api';
import { percent } from '@/lib/format';

/** Shows what a bot would be given for a question. */
export function SearchBase({ baseId }: { baseId: string }) {
  const [query, setQuery] = useState('');
  const search = useMutation(searchBase(baseId));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    search.mutate(query.trim());
  };
  return (
    <Card className="sm:p-6">
      <h2 className="font-semibold tracking-tight">Try a search</h2>
      <p className="mt-1 text-sm leading-6 text-ink-soft">See which passages a bot would be given for a question.</p>
      <form onSubmit={submit} role="search" className="mt-4 flex gap-2">
        <Input type="search" maxLength={4000} aria-label="Question" placeholder="How many days of leave do we have?" value={query} onChange={(event) => { setQuery(event.target.value); }} />
        <Button type="submit" variant="secondary" disabled={!query.trim() || search.isPending}><Search /> Search</Button>
      </form>
      <div className="mt-4" aria-live="polite">
        {search.isPending && <Loading rows={2} rowClassName="h-20" />}
        {search.isError && <ErrorNote error={search.error} />}
        {search.isSuccess && search.data.length === 0 && <p className="py-4 text-center text-sm text-ink-faint">Nothing found. Is there a text in it yet?</p>}
        {search.isSuccess && <ol className="space-y-3">{search.data.map((result) => <Result key={result.id} result={result} />)}</ol>}
      </div>
    </Card>
  );
}

const Result = ({ result }: { result: FoundText }) => (
  <li className="rounded-xl border border-line px-4 py-3">
    <div className="mb-2 flex items-center gap-3 text-xs text-ink-faint">
      <span className="min-w-0 flex-1 truncate">{result.source_uri ?? `Added ${result.source_type}`}</span>
      <span className="h-1.5 w-16 overflow-hidden rounded-full bg-raised" aria-hidden>
        <span className="block h-full rounded-full bg-mango" style={{ width: `${Math.max(0, result.similarity) * 100}%` }} />
      </span>
      <span className="tabular-nums">{percent(result.similarity)} similar</span>
    </div>
    <p className="line-clamp-4 text-sm leading-6 wrap-anywhere whitespace-pre-wrap">{result.text}</p>
  </li>
);
