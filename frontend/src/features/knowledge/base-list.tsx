import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { BookOpen, Plus } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import type { KnowledgeBase } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Card, cards } from '@/components/ui/card';
import { Dialog } from '@/components/ui/dialog';
import { Field, Input, Textarea } from '@/components/ui/field';
import { Empty, ErrorNote, Failed, Loading } from '@/components/ui/states';
import { basesQuery, createBase } from '@/features/knowledge/api';
import { ago, count } from '@/lib/format';

export function BaseList({ onNew }: { onNew: () => void }) {
  const bases = useInfiniteQuery(basesQuery);
  if (bases.isPending) return <Loading rows={6} className={cards} rowClassName="h-32" />;
  if (bases.isError) return <Failed error={bases.error} onRetry={() => void bases.refetch()} />;
  if (bases.data.length === 0) {
    return (
      <Empty icon={BookOpen} title="Add what your bots should know" action={<Button onClick={onNew}><Plus /> New knowledge base</Button>}>
        A knowledge base holds your texts. A bot that uses it looks them up and cites them.
      </Empty>
    );
  }
  return (
    <>
      <div className={cards}>{bases.data.map((base) => <BaseCard key={base.id} base={base} />)}</div>
      {bases.hasNextPage && <Button variant="secondary" className="mt-6" disabled={bases.isFetchingNextPage} onClick={() => void bases.fetchNextPage()}>More</Button>}
    </>
  );
}

const BaseCard = ({ base }: { base: KnowledgeBase }) => (
  <Card className="relative transition-colors hover:border-line-strong">
    <h3 className="truncate font-semibold tracking-tight">
      {/* The whole card can be clicked; for a keyboard it is one link. */}
      <Link to="/knowledge/$baseId" params={{ baseId: base.id }} className="after:absolute after:inset-0 after:rounded-2xl">{base.name}</Link>
    </h3>
    <p className="mt-0.5 line-clamp-2 text-sm leading-6 text-ink-soft">{base.description || 'No description'}</p>
    <p className="mt-4 text-xs text-ink-faint">{count(base.chunk_count, 'passage')}{!base.is_own && ' · shared with you'} · changed {ago(base.updated_at)}</p>
  </Card>
);

interface NewBaseProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onCreated: (base: KnowledgeBase) => void;
}

export const NewBase = ({ open, onOpenChange, onCreated }: NewBaseProps) => (
  <Dialog open={open} onOpenChange={onOpenChange} title="New knowledge base"><NewBaseForm onCreated={onCreated} /></Dialog>
);

function NewBaseForm({ onCreated }: { onCreated: (base: KnowledgeBase) => void }) {
  const [name, setName] = useState('');
  const [description, setDescription] = useState('');
  const create = useMutation(createBase);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    create.mutate({ name: name.trim(), description: description.trim() || null }, { onSuccess: onCreated });
  };
  return (
    <form onSubmit={submit} className="space-y-4">
      <Field label="Name">{(control) => <Input {...control} required maxLength={200} autoFocus placeholder="Handbook" value={name} onChange={(event) => { setName(event.target.value); }} />}</Field>
      <Field label="Description">{(control) => <Textarea {...control} rows={2} maxLength={2000} className="min-h-16" value={description} onChange={(event) => { setDescription(event.target.value); }} />}</Field>
      {create.isError && <ErrorNote error={create.error} />}
      <div className="flex justify-end"><Button type="submit" disabled={!name.trim() || create.isPending}>Make it</Button></div>
    </form>
  );
}
