import { useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { Document } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { ErrorNote, Loading } from '@/components/ui/states';
import { textQuery } from '@/features/knowledge/documents/api';

/** A document's name, which opens what was read of it. */
export function DocumentPreview({ document }: { document: Document }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" title={document.name} className="block max-w-full truncate text-left text-sm font-medium hover:underline" onClick={() => { setOpen(true); }}>{document.name}</button>
      <Dialog open={isOpen} onOpenChange={setOpen} title={document.name} description="What was read of it, which is what bots find." className="max-w-3xl">
        <Text id={document.id} />
      </Dialog>
    </>
  );
}

function Text({ id }: { id: string }) {
  const { data, error, isPending, hasNextPage, isFetchingNextPage, fetchNextPage } = useInfiniteQuery(textQuery(id));
  if (isPending) return <Loading rows={6} rowClassName="h-5" />;
  if (error) return <ErrorNote error={error} />;
  return (
    // A region that scrolls must be reached by keyboard.
    <div role="region" aria-label="Text" tabIndex={0} className="min-h-0 overflow-y-auto rounded-xl border border-line bg-canvas px-4 py-3">
      <p className="text-sm leading-6 wrap-anywhere whitespace-pre-wrap">{data}</p>
      {hasNextPage && <Button variant="secondary" size="sm" className="mt-4" disabled={isFetchingNextPage} onClick={() => void fetchNextPage()}>More</Button>}
    </div>
  );
}
