import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { BookOpen, ChevronLeft, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { isMissing } from '@/api/error';
import { Page } from '@/components/page';
import { Button } from '@/components/ui/button';
import { Confirm } from '@/components/ui/confirm';
import { Empty, Failed, Loading } from '@/components/ui/states';
import { AddText } from '@/features/knowledge/add-text';
import { baseQuery, deleteBase } from '@/features/knowledge/api';
import { BaseDialog } from '@/features/knowledge/base-form';
import { Documents } from '@/features/knowledge/documents/documents';
import { SearchBase } from '@/features/knowledge/search-base';
import { count } from '@/lib/format';

export function Base({ id }: { id: string }) {
  const { data: base, error, isPending, refetch } = useQuery(baseQuery(id));
  const [isChanging, setChanging] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const remove = useMutation(deleteBase);
  const navigate = useNavigate();

  const back = <Link to="/knowledge" className="mb-1 flex w-fit items-center gap-1 text-sm font-normal tracking-normal text-ink-soft hover:text-ink"><ChevronLeft className="size-4" aria-hidden /> Knowledge</Link>;
  if (!base) {
    return (
      <Page title={back}>
        {isPending ? <Loading rows={2} rowClassName="h-64" /> : isMissing(error) ? <Empty icon={BookOpen} title="There is no such knowledge base">It was deleted, or it is not yours.</Empty> : <Failed error={error} onRetry={() => void refetch()} />}
      </Page>
    );
  }
  return (
    <Page
      title={<>{back}{base.name}</>}
      lead={[base.description, count(base.chunk_count, 'passage'), base.is_own ? base.is_shared && 'shared with everybody here' : 'shared with you'].filter(Boolean).join(' · ')}
      actions={base.is_own && (
        <>
          <Button variant="secondary" onClick={() => { setChanging(true); }}><Pencil /> Change</Button>
          <Button variant="secondary" onClick={() => { setDeleting(true); }}><Trash2 /> Delete</Button>
        </>
      )}
    >
      <div className="grid items-start gap-6 xl:grid-cols-2">
        <Documents baseId={id} isOwn={base.is_own} />
        <div className="space-y-6">
          <SearchBase baseId={id} />
          {base.is_own && <AddText baseId={id} />}
        </div>
      </div>
      <BaseDialog open={isChanging} onOpenChange={setChanging} base={base} onSaved={() => { setChanging(false); }} />
      <Confirm
        open={isDeleting}
        onOpenChange={setDeleting}
        title={`Delete ${base.name}?`}
        action="Delete knowledge base"
        onConfirm={async () => {
          await remove.mutateAsync(id);
          await navigate({ to: '/knowledge' });
        }}
      >
        All its {count(base.chunk_count, 'passage')} will be gone, and bots that use it will answer without it. This cannot be undone.
      </Confirm>
    </Page>
  );
}
