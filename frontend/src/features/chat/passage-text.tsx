import { useQuery } from '@tanstack/react-query';
import { t } from 'i18next';
import { BookOpenText } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isMissing } from '@/api/error';
import type { Passage } from '@/api/types';
import { Button } from '@/components/ui/button';
import { ErrorNote, Loading } from '@/components/ui/states';
import { passageText } from '@/features/chat/citation';
import { surroundingsQuery } from '@/features/knowledge/api';
import { facts } from '@/lib/format';

/** Where in its document a passage stands: `page 3 · Leave › Sick leave`. */
const place = ({ page, headings }: Passage) => facts(page != null && t('source.page', { ns: 'chat', number: page }), headings?.join(' › '));

/** What stands in a passage, and on request around it. */
export default function PassageText({ passage }: { passage: Passage }) {
  const { t } = useTranslation('chat');
  const { document_id: documentId, char_start: from, char_end: to } = passage;
  const [isOpen, setOpen] = useState(false);
  const where = place(passage);
  return (
    <>
      {where && <p className="border-b border-line px-4 py-1.5 text-xs text-ink-soft wrap-anywhere">{where}</p>}
      {isOpen && documentId && from != null && to != null
        ? <Surroundings documentId={documentId} from={from} to={to} />
        : <p dir="auto" className={passageText}>{passage.text}</p>}
      {documentId && from != null && !isOpen && (
        <footer className="border-t border-line p-2 text-end">
          <Button size="sm" variant="ghost" onClick={() => { setOpen(true); }}><BookOpenText /> {t('source.show')}</Button>
        </footer>
      )}
    </>
  );
}

function Surroundings({ documentId, from, to }: { documentId: string; from: number; to: number }) {
  const { t } = useTranslation('chat');
  const { data, error } = useQuery(surroundingsQuery(documentId, from, to));
  // Who got the passage through somebody's bot may not read the document.
  if (error) return isMissing(error) ? <p className={passageText}>{t('source.gone')}</p> : <ErrorNote error={error} />;
  if (!data) return <div className="p-4"><Loading rows={3} rowClassName="h-5" /></div>;
  return (
    <p dir="auto" className={`${passageText} text-ink-soft`}>
      {!data.isStart && '…'}
      {data.before}
      <mark ref={(mark) => { mark?.scrollIntoView({ block: 'center' }); }} className="rounded bg-mango-wash text-ink">{data.passage}</mark>
      {data.after}
      {!data.isEnd && '…'}
    </p>
  );
}
