import { useMutation } from '@tanstack/react-query';
import { Download, FileText, Globe, MoreHorizontal, Network, RotateCw, Sheet, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import type { Document } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Confirm } from '@/components/ui/confirm';
import { Menu, MenuItem, MenuLine } from '@/components/ui/menu';
import { errorText } from '@/components/ui/states';
import { deleteDocument, downloadAddress, retryDocument } from '@/features/knowledge/documents/api';
import { DocumentPreview } from '@/features/knowledge/documents/document-preview';
import type { Upload } from '@/features/knowledge/documents/use-uploads';
import { count, fileSize } from '@/lib/format';

const steps: Partial<Record<Document['status'], string>> = {
  uploading: 'Waiting for its bytes',
  queued: 'In the queue',
  extracting: 'Reading',
  chunking: 'Cutting into passages',
  embedding: 'Taking in passages',
};

export const isUnderway = ({ status }: Document) => status !== 'ready' && status !== 'failed' && status !== 'uploading';

const row = 'flex items-start gap-3 px-5 py-3.5 sm:px-6';

export function DocumentRow({ document, isOwn }: { document: Document; isOwn: boolean }) {
  const retry = useMutation(retryDocument);
  const isReady = document.status === 'ready';
  const step = steps[document.status];
  return (
    <li className={row}>
      <Icon document={document} />
      <div className="min-w-0 flex-1">
        {isReady
          ? <DocumentPreview document={document} />
          : <p className="truncate text-sm font-medium" title={document.name}>{document.name}</p>}
        {isReady && <p className="mt-0.5 text-xs text-ink-faint">{facts(document)}</p>}
        {step && (
          <>
            <Bar label={document.name} percent={document.progress} />
            <p className="mt-1 text-xs text-ink-soft">{step}{document.status === 'embedding' && ` · ${document.progress}%`}</p>
          </>
        )}
        {/* Of a document that is not ready it says what it waits for. */}
        {document.error && <p className={`mt-1 text-xs leading-5 wrap-anywhere ${document.status === 'failed' ? 'text-danger' : 'text-ink-soft'}`}>{document.error.detail}</p>}
        {retry.isError && <p role="alert" className="mt-1 text-xs text-danger">{errorText(retry.error)}</p>}
      </div>
      {isOwn && document.status === 'failed' && (
        <Button size="sm" variant="secondary" disabled={retry.isPending} onClick={() => { retry.mutate(document.id); }}><RotateCw /> Retry</Button>
      )}
      <Actions document={document} isOwn={isOwn} />
    </li>
  );
}

/** A file on its way. */
export const UploadRow = ({ upload, onRetry, onDrop }: { upload: Upload; onRetry: () => void; onDrop: () => void }) => (
  <li className={row}>
    <FileText className="mt-0.5 size-5 shrink-0 text-ink-faint" aria-hidden />
    <div className="min-w-0 flex-1">
      <p className="truncate text-sm font-medium" title={upload.file.name}>{upload.file.name}</p>
      {upload.error === null
        ? <><Bar label={upload.file.name} percent={upload.share * 100} /><p className="mt-1 text-xs text-ink-soft">{upload.share > 0 ? 'Uploading' : 'Waiting to be uploaded'} · {fileSize(upload.file.size)}</p></>
        : <p role="alert" className="mt-1 text-xs leading-5 text-danger">{errorText(upload.error)}</p>}
    </div>
    {upload.error !== null && (
      <>
        <Button size="sm" variant="secondary" onClick={onRetry}><RotateCw /> Retry</Button>
        <Button size="icon" variant="ghost" className="size-8" aria-label={`Forget ${upload.file.name}`} onClick={onDrop}><X /></Button>
      </>
    )}
  </li>
);

const Bar = ({ label, percent }: { label: string; percent: number }) => (
  <div role="progressbar" aria-label={label} aria-valuenow={Math.round(percent)} aria-valuemin={0} aria-valuemax={100} className="mt-2 h-1.5 overflow-hidden rounded-full bg-raised">
    <div className="h-full rounded-full bg-mango transition-[width] duration-500 motion-reduce:transition-none" style={{ width: `${percent}%` }} />
  </div>
);

function Icon({ document: { kind, url } }: { document: Document }) {
  const Kind = kind === 'sitemap' ? Network : url ? Globe : kind === 'xlsx' || kind === 'csv' ? Sheet : FileText;
  return <Kind className="mt-0.5 size-5 shrink-0 text-mango-ink" aria-hidden />;
}

const kinds: Record<NonNullable<Document['kind']>, string> = {
  pdf: 'PDF', docx: 'Word', pptx: 'PowerPoint', xlsx: 'Excel', csv: 'CSV', html: 'HTML', markdown: 'Markdown', text: 'Text', json: 'JSON', epub: 'EPUB', sitemap: 'Sitemap',
};

const facts = ({ kind, size, pages, chunks }: Document) =>
  [
    kind && kinds[kind],
    fileSize(size),
    pages != null && count(pages, kind === 'pptx' ? 'slide' : 'page') + (kind === 'sitemap' ? ' added' : ''),
    kind !== 'sitemap' && chunks != null && count(chunks, 'passage'),
  ].filter(Boolean).join(' · ');

function Actions({ document, isOwn }: { document: Document; isOwn: boolean }) {
  const [isDeleting, setDeleting] = useState(false);
  const remove = useMutation(deleteDocument(document.knowledge_base_id));
  const download = useMutation({
    mutationFn: () => downloadAddress(document.id),
    onSuccess: (url) => {
      const link = window.document.createElement('a');
      Object.assign(link, { href: url, download: document.name });
      link.click();
    },
  });
  const hasBytes = document.status !== 'uploading' && document.size > 0;
  if (!isOwn && !hasBytes) return null;
  return (
    <>
      <Menu trigger={<Button size="icon" variant="ghost" className="-my-1 size-8" aria-label={`More on ${document.name}`}><MoreHorizontal /></Button>}>
        {hasBytes && <MenuItem onSelect={() => { download.mutate(); }}><Download /> Download</MenuItem>}
        {document.url && <MenuItem asChild><a href={document.url} target="_blank" rel="noreferrer"><Globe /> Open its page</a></MenuItem>}
        {isOwn && hasBytes && <MenuLine />}
        {isOwn && <MenuItem danger onSelect={() => { setDeleting(true); }}><Trash2 /> Delete</MenuItem>}
      </Menu>
      <Confirm open={isDeleting} onOpenChange={setDeleting} title={`Delete ${document.name}?`} action="Delete document" onConfirm={() => remove.mutateAsync(document.id)}>
        {document.kind === 'sitemap' ? 'The pages that it brought stay.' : 'Its passages will be gone, and bots will answer without them.'} This cannot be undone.
      </Confirm>
    </>
  );
}
