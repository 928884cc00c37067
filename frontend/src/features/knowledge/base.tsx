import { useMutation, useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { BookOpen, ChevronLeft, Pencil, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isMissing } from '@/api/error';
import { Page } from '@/components/page';
import { Button } from '@/components/ui/button';
import { Confirm } from '@/components/ui/confirm';
import { Empty, Failed, Loading } from '@/components/ui/states';
import { AddText } from '@/features/knowledge/add-text';
import { baseQuery, deleteBase, forgetBase } from '@/features/knowledge/api';
import { BaseDialog } from '@/features/knowledge/base-form';
import { Documents } from '@/features/knowledge/documents/documents';
import { SearchBase } from '@/features/knowledge/search-base';
import { facts } from '@/lib/format';

export function Base({ id }: { id: string }) {
  const { t } = useTranslation('knowledge');
  const { data: base, error, isPending, refetch } = useQuery(baseQuery(id));
  const [isChanging, setChanging] = useState(false);
  const [isDeleting, setDeleting] = useState(false);
  const remove = useMutation(deleteBase);
  const navigate = useNavigate();

  const back = <Link to="/knowledge" className="mb-1 flex w-fit items-center gap-1 text-sm font-normal tracking-normal text-ink-soft hover:text-ink"><ChevronLeft className="size-4 rtl:rotate-180" aria-hidden /> {t('title')}</Link>;
  if (!base || isMissing(error)) {
    return (
      <Page title={back}>
        {isPending ? <Loading rows={2} rowClassName="h-64" /> : isMissing(error) ? <Empty icon={BookOpen} title={t('missing.title')}>{t('missing.text')}</Empty> : <Failed error={error} onRetry={() => void refetch()} />}
      </Page>
    );
  }
  return (
    <Page
      title={<>{back}<bdi>{base.name}</bdi></>}
      lead={facts(base.description, t('passages', { count: base.chunk_count }), base.is_own ? base.is_shared && t('sharedByYou') : t('sharedWithYou'))}
      actions={base.is_own && (
        <>
          <Button variant="secondary" onClick={() => { setChanging(true); }}><Pencil /> {t('change')}</Button>
          <Button variant="secondary" onClick={() => { setDeleting(true); }}><Trash2 /> {t('delete')}</Button>
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
        title={t('deleteQuestion', { name: base.name })}
        action={t('deletion.action')}
        onConfirm={async () => {
          await remove.mutateAsync(id);
          await navigate({ to: '/knowledge' });
          forgetBase(id);
        }}
      >
        {t('deletion.text', { count: base.chunk_count })}
      </Confirm>
    </Page>
  );
}
