import { useMutation } from '@tanstack/react-query';
import { t } from 'i18next';
import { Download, FileText, Globe, MoreHorizontal, Network, RotateCw, Sheet, Trash2, X } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Document } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Confirm } from '@/components/ui/confirm';
import { Menu, MenuItem, MenuLine } from '@/components/ui/menu';
import { errorText } from '@/components/ui/states';
import { deleteDocument, downloadAddress, retryDocument } from '@/features/knowledge/documents/api';
import { DocumentPreview } from '@/features/knowledge/documents/document-preview';
import type { Upload } from '@/features/knowledge/documents/uploads';
import { facts, fileSize, percent } from '@/lib/format';
import { toast } from '@/lib/toasts';

export const isUnderway = ({ status }: Document) => status !== 'ready' && status !== 'failed' && status !== 'uploading';

const row = 'flex items-start gap-3 px-5 py-3.5 sm:px-6';

export function DocumentRow({ document, isOwn }: { document: Document; isOwn: boolean }) {
  const { t } = useTranslation('knowledge');
  const retry = useMutation(retryDocument);
  const { status } = document;
  const isReady = status === 'ready';
  return (
    <li className={row}>
      <Icon document={document} />
      <div className="min-w-0 flex-1">
        {isReady
          ? <DocumentPreview document={document} />
          : <p dir="auto" className="truncate text-sm font-medium" title={document.name}>{document.name}</p>}
        {isReady && <p className="mt-0.5 text-xs text-ink-faint">{describe(document)}</p>}
        {status !== 'ready' && status !== 'failed' && (
          <>
            <Bar label={document.name} percent={document.progress} />
            <p className="mt-1 text-xs text-ink-soft">{facts(t(`step.${status}`), status === 'embedding' && percent(document.progress / 100))}</p>
          </>
        )}
        {/* Of a document that is not ready it says what it waits for. */}
        {document.error && <p dir="auto" className={`mt-1 text-xs leading-5 wrap-anywhere ${status === 'failed' ? 'text-danger' : 'text-ink-soft'}`}>{document.error.detail}</p>}
        {isOwn && status === 'failed' && (
          <Button size="sm" variant="secondary" className="mt-2" disabled={retry.isPending} onClick={() => { retry.mutate(document.id); }}><RotateCw /> {t('retry')}</Button>
        )}
        {retry.isError && <p role="alert" className="mt-1 text-xs text-danger">{errorText(retry.error)}</p>}
      </div>
      <Actions document={document} isOwn={isOwn} />
    </li>
  );
}

/** A file on its way. */
export function UploadRow({ upload, onRetry, onDrop }: { upload: Upload; onRetry: () => void; onDrop: () => void }) {
  const { t } = useTranslation('knowledge');
  const { name, size } = upload.file;
  return (
    <li className={row}>
      <FileText className="mt-0.5 size-5 shrink-0 text-ink-faint" aria-hidden />
      <div className="min-w-0 flex-1">
        <p dir="auto" className="truncate text-sm font-medium" title={name}>{name}</p>
        {upload.error === null
          ? <><Bar label={name} percent={upload.share * 100} /><p className="mt-1 text-xs text-ink-soft">{facts(upload.share > 0 ? t('upload.uploading') : t('upload.waiting'), fileSize(size))}</p></>
          : (
            <>
              <p role="alert" className="mt-1 text-xs leading-5 text-danger">{errorText(upload.error)}</p>
              <Button size="sm" variant="secondary" className="mt-2" onClick={onRetry}><RotateCw /> {t('retry')}</Button>
            </>
          )}
      </div>
      <Button size="icon" variant="ghost" className="-my-1 size-8" aria-label={t('upload.forget', { name })} onClick={onDrop}><X /></Button>
    </li>
  );
}

const Bar = ({ label, percent }: { label: string; percent: number }) => (
  <div role="progressbar" aria-label={label} aria-valuenow={Math.round(percent)} aria-valuemin={0} aria-valuemax={100} className="mt-2 h-1.5 overflow-hidden rounded-full bg-raised">
    <div className="h-full rounded-full bg-mango transition-[width] duration-500 motion-reduce:transition-none" style={{ width: `${percent}%` }} />
  </div>
);

function Icon({ document: { kind, url } }: { document: Document }) {
  const Kind = kind === 'sitemap' ? Network : url ? Globe : kind === 'xlsx' || kind === 'csv' ? Sheet : FileText;
  return <Kind className="mt-0.5 size-5 shrink-0 text-mango-ink" aria-hidden />;
}

const describe = ({ kind, size, pages, chunks }: Document) => {
  const unit = kind === 'sitemap' ? 'pagesAdded' : kind === 'pptx' ? 'slides' : 'pages';
  return facts(
    kind && t(`kind.${kind}`, { ns: 'knowledge' }),
    fileSize(size),
    pages != null && t(unit, { ns: 'knowledge', count: pages }),
    kind !== 'sitemap' && chunks != null && t('passages', { ns: 'knowledge', count: chunks }),
  );
};

function Actions({ document, isOwn }: { document: Document; isOwn: boolean }) {
  const { t } = useTranslation('knowledge');
  const [isDeleting, setDeleting] = useState(false);
  const remove = useMutation(deleteDocument(document.knowledge_base_id));
  const download = useMutation({
    mutationFn: () => downloadAddress(document.id),
    onSuccess: (url) => {
      const link = window.document.createElement('a');
      Object.assign(link, { href: url, download: document.name });
      link.click();
    },
    onError: (error) => { toast({ text: errorText(error) }); },
  });
  const hasBytes = document.status !== 'uploading' && document.size > 0;
  if (!isOwn && !hasBytes) return null;
  return (
    <>
      <Menu trigger={<Button size="icon" variant="ghost" className="-my-1 size-8" aria-label={t('document.more', { name: document.name })}><MoreHorizontal /></Button>}>
        {hasBytes && <MenuItem onSelect={() => { download.mutate(); }}><Download /> {t('document.download')}</MenuItem>}
        {document.url && <MenuItem asChild><a href={document.url} target="_blank" rel="noreferrer"><Globe /> {t('document.openPage')}</a></MenuItem>}
        {isOwn && hasBytes && <MenuLine />}
        {isOwn && <MenuItem danger onSelect={() => { setDeleting(true); }}><Trash2 /> {t('delete')}</MenuItem>}
      </Menu>
      <Confirm open={isDeleting} onOpenChange={setDeleting} title={t('deleteQuestion', { name: document.name })} action={t('document.delete')} onConfirm={() => remove.mutateAsync(document.id)}>
        {document.kind === 'sitemap' ? t('document.deleteSitemapText') : t('document.deleteText')}
      </Confirm>
    </>
  );
}
