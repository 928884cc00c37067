import { useQuery } from '@tanstack/react-query';
import { t } from 'i18next';
import { BookOpenText } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { isMissing } from '@/api/error';
import type { Passage } from '@/api/types';
import { Button } from '@/components/ui/button';
import { ErrorNote, Loading } from '@/components/ui/states';
import { PassageBody } from '@/features/chat/citation';
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
        : <PassageBody>{passage.text}</PassageBody>}
      {documentId && from != null && !isOpen && (
        <footer className="border-t border-line p-2 text-end">
          <Button size="sm" variant="ghost" onClick={() => { setOpen(true); }}><BookOpenText /> {t('source.show')}</Button>
        </footer>
      )}
    </>
  );
}

const focus = (element: HTMLElement | null) => { element?.focus({ preventScroll: true }); };

function Surroundings({ documentId, from, to }: { documentId: string; from: number; to: number }) {
  const { t } = useTranslation('chat');
  const { data, error } = useQuery(surroundingsQuery(documentId, from, to));
  // Who got the passage through somebody's bot may not read the document.
  if (error) return isMissing(error) ? <PassageBody>{t('source.gone')}</PassageBody> : <ErrorNote error={error} />;
  if (!data) return <div className="p-4"><Loading rows={3} rowClassName="h-5" /></div>;
  return (
    // The button that had the focus is gone.
    <PassageBody ref={focus} className="text-ink-soft">
      {!data.isStart && '…'}
      {data.before}
      <mark ref={(mark) => { mark?.scrollIntoView({ block: 'center' }); }} className="rounded bg-mango-wash text-ink">{data.passage}</mark>
      {data.after}
      {!data.isEnd && '…'}
    </PassageBody>
  );
}
