import { useQuery } from '@tanstack/react-query';
import { FileText } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Attachment } from '@/api/types';
import { Skeleton } from '@/components/ui/states';
import { fileQuery } from '@/features/chat/attachments/api';
import { isImage } from '@/features/chat/attachments/limits';
import { queryClient } from '@/lib/query-client';

/** The images and documents that a question was asked with. */
export function Attached({ attachments }: { attachments: Attachment[] }) {
  const { t } = useTranslation('chat');
  return (
    <ul aria-label={t('attach.list')} className="mb-1.5 flex flex-wrap justify-end gap-2">
      {attachments.map((attachment) => (
        <li key={attachment.id} className="max-w-full">{isImage({ type: attachment.media_type }) ? <Image attachment={attachment} /> : <File attachment={attachment} />}</li>
      ))}
    </ul>
  );
}

function Image({ attachment: { id, name } }: { attachment: Attachment }) {
  const { data, isError } = useQuery(fileQuery(id));
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    if (!data) return;
    const made = URL.createObjectURL(data);
    // eslint-disable-next-line react-hooks/set-state-in-effect -- an address is made, and has to be given back
    setUrl(made);
    return () => { URL.revokeObjectURL(made); };
  }, [data]);
  if (isError) return <span dir="auto" className={chip}><FileText className="size-4" aria-hidden /> {name}</span>;
  if (!url) return <Skeleton className="size-40" />;
  return <img src={url} alt={name} className="h-40 max-w-full rounded-2xl border border-line object-cover" />;
}

function File({ attachment: { id, name } }: { attachment: Attachment }) {
  const save = async () => {
    const url = URL.createObjectURL(await queryClient.fetchQuery(fileQuery(id)));
    Object.assign(document.createElement('a'), { href: url, download: name }).click();
    setTimeout(() => { URL.revokeObjectURL(url); }, 10_000);
  };
  return (
    <button type="button" onClick={() => { save().catch(() => undefined); }} className={`${chip} hover:border-line-strong hover:text-ink`}>
      <FileText className="size-4 shrink-0" aria-hidden /> <span dir="auto" className="truncate">{name}</span>
    </button>
  );
}

const chip = 'flex max-w-full items-center gap-2 rounded-xl border border-line bg-surface px-3 py-2 text-sm text-ink-soft';
