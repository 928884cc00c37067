import { useEffect, useState } from 'react';
import { isMissing } from '@/api/error';
import type { DocumentCounts, DocumentEvent } from '@/api/types';
import { documentsStream, refreshDocuments, showDocument } from '@/features/knowledge/documents/api';
import { readSse } from '@/lib/sse';

/** Before it is tried again, when the connection breaks. */
const PAUSE = 2_000;

const total = (counts: DocumentCounts) => Object.values(counts).reduce((sum, number) => sum + number, 0);

/**
 * Keeps the documents of a knowledge base as they are while any of them is read, and says how many are how far; null when
 * nothing is under way.
 */
export function useProgress(baseId: string, isUnderway: boolean): DocumentCounts | null {
  const [counts, setCounts] = useState<DocumentCounts | null>(null);
  useEffect(() => {
    if (!isUnderway) return;
    const leave = new AbortController();
    const watch = async () => {
      let known = -1;
      for await (const { data } of readSse(await documentsStream(baseId, leave.signal))) {
        const event = JSON.parse(data) as DocumentEvent;
        if (event.type === 'document') showDocument(event.document);
        else if (event.type === 'progress') {
          setCounts(event.counts);
          // A sitemap brings documents, and another page may.
          if (known >= 0 && known !== total(event.counts)) void refreshDocuments(baseId);
          known = total(event.counts);
        }
      }
    };
    const follow = async () => {
      while (!leave.signal.aborted) {
        try {
          await watch();
          // Nothing is under way as far as the service knows; so the list says, too, once it is fetched.
          await refreshDocuments(baseId);
          setCounts(null);
        } catch (error) {
          if (isMissing(error)) return;
          // The list says what is wrong, if it lasts.
        }
        await new Promise((resume) => setTimeout(resume, PAUSE));
      }
    };
    void follow();
    return () => {
      leave.abort();
      setCounts(null);
      // The last document is ready, often before the service says that it was the last: its passages count now.
      void refreshDocuments(baseId);
    };
  }, [baseId, isUnderway]);
  return counts;
}
