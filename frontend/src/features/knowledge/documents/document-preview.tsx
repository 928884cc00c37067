import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Document } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ErrorNote, Failed, Loading } from '@/components/ui/states';
import { textQuery } from '@/features/knowledge/documents/api';

/** A document's name, which opens what was read of it. */
export function DocumentPreview({ document }: { document: Document }) {
  const { t } = useTranslation('knowledge');
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" dir="auto" title={document.name} className="block max-w-full truncate text-start text-sm font-medium hover:underline" onClick={() => { setOpen(true); }}>{document.name}</button>
      <Dialog open={isOpen} onOpenChange={setOpen} title={<bdi>{document.name}</bdi>} description={t('document.previewLead')} className="max-w-3xl">
        <Text id={document.id} />
      </Dialog>
    </>
  );
}

function Text({ id }: { id: string }) {
  const { t } = useTranslation('knowledge');
  const { data, error, isLoadingError, isPending, refetch, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(textQuery(id));
  if (isPending) return <Loading rows={6} rowClassName="h-5" />;
  if (isLoadingError) return <Failed error={error} onRetry={() => void refetch()} />;
  return (
    // A region that scrolls must be reached by keyboard.
    <div role="region" aria-label={t('document.text')} tabIndex={0} className="min-h-0 overflow-y-auto rounded-xl border border-line bg-canvas px-4 py-3">
      <p dir="auto" className="text-sm leading-6 wrap-anywhere whitespace-pre-wrap">{data}</p>
      {error && <ErrorNote error={error} className="mt-4" />}
      {hasNextPage && <Button variant="secondary" size="sm" className="mt-4" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>{t('more')}</Button>}
    </div>
  );
}
