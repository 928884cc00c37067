import { CircleAlert, FileText, Loader, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { errorText } from '@/components/ui/states';
import { MOST_FILES } from '@/features/chat/attachments/limits';
import type { Pending } from '@/features/chat/attachments/use-attachments';

interface Props {
  files: Pending[];
  /** More were added than a question takes. */
  isFull: boolean;
  onRemove: (key: string) => void;
}

/** The files that the question in the making is asked with. */
export default function AttachmentBar({ files, isFull, onRemove }: Props) {
  const { t } = useTranslation('chat');
  return (
    <>
      <ul aria-label={t('attach.list')} className="flex flex-wrap gap-2 px-1 pt-1 pb-2">
        {files.map((file) => <Chip key={file.key} file={file} onRemove={() => { onRemove(file.key); }} />)}
      </ul>
      {isFull && <p role="alert" className="px-3 pb-1 text-sm text-danger">{t('attach.full', { count: MOST_FILES })}</p>}
    </>
  );
}

function Chip({ file: { name, preview, attachment, problem }, onRemove }: { file: Pending; onRemove: () => void }) {
  const { t } = useTranslation('chat');
  const why = problem instanceof Error ? errorText(problem) : problem && t(`attach.problem.${problem}`);
  return (
    <li className={`flex max-w-full items-center gap-2.5 rounded-xl border p-1.5 pe-1 text-sm ${why ? 'border-danger bg-danger-wash' : 'border-line bg-raised'}`}>
      {preview && !why ? <img src={preview} alt="" className="size-10 rounded-lg object-cover" /> : (
        <span className="grid size-10 place-items-center rounded-lg bg-surface text-ink-faint">
          {why ? <CircleAlert className="size-5 text-danger" aria-hidden /> : <FileText className="size-5" aria-hidden />}
        </span>
      )}
      <span className="min-w-0">
        <span dir="auto" className="block max-w-48 truncate">{name}</span>
        {why && <span role="alert" className="block max-w-64 text-xs leading-5 text-danger wrap-anywhere">{why}</span>}
        {!why && !attachment && <span role="status" className="flex items-center gap-1 text-xs text-ink-faint"><Loader className="size-3 animate-spin" aria-hidden /> {t('attach.sending')}</span>}
      </span>
      <button type="button" aria-label={t('attach.remove', { name })} onClick={onRemove} className="grid size-8 shrink-0 place-items-center rounded-lg text-ink-faint hover:bg-line hover:text-ink">
        <X className="size-4" aria-hidden />
      </button>
    </li>
  );
}
