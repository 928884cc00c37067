import { useInfiniteQuery, useMutation } from '@tanstack/react-query';
import { t } from 'i18next';
import { Globe, Upload } from 'lucide-react';
import { type DragEvent, type FormEvent, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { DocumentCounts } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Input } from '@/components/ui/field';
import { ErrorNote, Failed, Loading } from '@/components/ui/states';
import { addAddress, documentsQuery } from '@/features/knowledge/documents/api';
import { droppedFiles } from '@/features/knowledge/documents/dropped-files';
import { DocumentRow, isUnderway, UploadRow } from '@/features/knowledge/documents/document-row';
import { useProgress } from '@/features/knowledge/documents/use-progress';
import { addUploads, dropUpload, retryUpload, useUploads } from '@/features/knowledge/documents/uploads';
import { cn } from '@/lib/cn';
import { facts, list } from '@/lib/format';
import { toast } from '@/lib/toasts';
import { useKeptFocus } from '@/lib/use-kept-focus';

const ENDINGS = '.pdf,.docx,.pptx,.xlsx,.csv,.tsv,.html,.htm,.md,.markdown,.txt,.json,.epub';

/** The documents of a knowledge base: what is in it, what is on its way, what failed and why. */
export function Documents({ baseId, isOwn }: { baseId: string; isOwn: boolean }) {
  const { t } = useTranslation('knowledge');
  const title = useId();
  const keptFocus = useKeptFocus<HTMLUListElement>();
  const documents = useInfiniteQuery(documentsQuery(baseId));
  const uploads = useUploads(baseId);
  const counts = useProgress(baseId, documents.data?.some(isUnderway) ?? false);
  // Until it is here it stands among the uploads.
  const here = documents.data?.filter(({ id }) => uploads.every(({ documentId }) => documentId !== id)) ?? [];
  const isEmpty = documents.data?.length === 0 && uploads.length === 0;
  return (
    <Card className="overflow-hidden p-0">
      <header className="flex flex-wrap items-baseline justify-between gap-x-4 px-5 pt-5 sm:px-6 sm:pt-6">
        <h2 id={title} className="font-semibold tracking-tight">{t('documents.title')}</h2>
        <p role="status" className="text-sm text-ink-soft tabular-nums">{counts && summary(counts)}</p>
      </header>
      {isOwn && <div className="space-y-3 px-5 pt-4 sm:px-6"><Drop onFiles={(files) => { addUploads(baseId, files); }} /><AddAddress baseId={baseId} /></div>}
      {documents.isPending && <div className="p-5 sm:p-6"><Loading rows={3} rowClassName="h-10" /></div>}
      {documents.isLoadingError && <div className="p-5 sm:p-6"><Failed error={documents.error} onRetry={() => void documents.refetch()} /></div>}
      {isEmpty && <p className="px-5 py-6 text-center text-sm text-ink-faint">{t('documents.none')}</p>}
      {!isEmpty && (
        <ul {...keptFocus} aria-labelledby={title} className="mt-4 divide-y divide-line border-t border-line">
          {uploads.map((upload) => <UploadRow key={upload.key} upload={upload} onRetry={() => { retryUpload(upload); }} onDrop={() => { dropUpload(upload); }} />)}
          {here.map((document) => <DocumentRow key={document.id} document={document} isOwn={isOwn} />)}
        </ul>
      )}
      {documents.isError && !documents.isLoadingError && <div className="border-t border-line p-4"><ErrorNote error={documents.error} /></div>}
      {documents.hasNextPage && (
        <div className="border-t border-line p-4 text-center">
          <Button variant="ghost" size="sm" disabled={documents.isFetchingNextPage} onClick={() => void documents.fetchNextPage()}>{t('documents.more')}</Button>
        </div>
      )}
    </Card>
  );
}

function summary({ uploading, ready, failed, ...underway }: DocumentCounts): string {
  const left = underway.queued + underway.extracting + underway.chunking + underway.embedding;
  return facts(
    t('documents.ready', { ns: 'knowledge', ready, count: ready + failed + left }),
    failed > 0 && t('documents.failed', { ns: 'knowledge', count: failed }),
    uploading > 0 && t('documents.notHere', { ns: 'knowledge', count: uploading }),
  );
}

/** Takes files: dropped, or chosen. */
function Drop({ onFiles }: { onFiles: (files: File[]) => void }) {
  const { t } = useTranslation('knowledge');
  const input = useRef<HTMLInputElement>(null);
  const [isOver, setOver] = useState(false);
  const over = (event: DragEvent) => {
    if (!event.dataTransfer.types.includes('Files')) return;
    event.preventDefault();
    setOver(true);
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void droppedFiles(event.dataTransfer).then(({ files, unread }) => {
      onFiles(files);
      if (unread.length > 0) toast({ text: t('upload.unread', { names: list(unread) }) });
    });
  };
  return (
    <div
      onDragOver={over}
      onDragLeave={() => { setOver(false); }}
      onDrop={drop}
      className={cn('flex flex-col items-center gap-2 rounded-xl border border-dashed border-line-strong px-4 py-6 text-center transition-colors', isOver && 'border-mango-strong bg-mango-wash')}
    >
      <Button variant="secondary" onClick={() => { input.current?.click(); }}><Upload /> {t('upload.action')}</Button>
      <p className="text-xs leading-5 text-ink-faint">{t('upload.hint')}</p>
      <input
        ref={input} type="file" multiple accept={ENDINGS} aria-label={t('upload.files')} tabIndex={-1} className="sr-only"
        onChange={(event) => {
          onFiles(Array.from(event.target.files ?? []));
          // The same file again is a choice, too.
          event.target.value = '';
        }}
      />
    </div>
  );
}

function AddAddress({ baseId }: { baseId: string }) {
  const { t } = useTranslation('knowledge');
  const [url, setUrl] = useState('');
  const add = useMutation(addAddress(baseId));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    // What is typed meanwhile is the next.
    add.mutate(url.trim(), { onSuccess: () => { setUrl((now) => (now === url ? '' : now)); } });
  };
  return (
    <form onSubmit={submit} className="space-y-3">
      <div className="flex gap-2">
        <Input type="url" required maxLength={2000} aria-label={t('address.label')} placeholder={t('address.placeholder')} value={url} onChange={(event) => { setUrl(event.target.value); }} />
        <Button type="submit" variant="secondary" disabled={!url.trim() || add.isPending}><Globe /> {t('address.add')}</Button>
      </div>
      {add.isError && <ErrorNote error={add.error} />}
    </form>
  );
}
