import { CornerDownLeft } from 'lucide-react';
import type { Token } from 'markdown-it';
import { useId, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Document } from '@/features/chat/markdown/document';
import { TextLink } from '@/features/chat/markdown/parts';
import { type Context, render } from '@/features/chat/markdown/render';
import { number } from '@/lib/format';

type Shared = Omit<Context, 'isGrowing'>;

/** The footnotes of a text by their number, and what its blocks need to be drawn: the same as long as nothing of it changes. */
export function useNotes(document: Document, passages: Context['passages']): { notes: readonly string[]; context: Shared } {
  const prefix = useId();
  const order = notesOf(document).join('\n');
  return useMemo(() => {
    const notes = order === '' ? [] : order.split('\n');
    return { notes, context: { passages, notes, prefix } };
  }, [passages, order, prefix]);
}

const isNote = ({ type }: Token) => type === 'footnote_reference_open';

/** What is inside each footnote, by its label; the first of a label counts. */
function definitionsOf(document: Document): Map<string, Token[]> {
  const found = new Map<string, Token[]>();
  for (const { tokens } of document.blocks) {
    tokens.forEach((token, at) => {
      if (!isNote(token)) return;
      const end = tokens.findIndex(({ type }, index) => index > at && type === 'footnote_reference_close');
      const { label } = token.meta as { label: string };
      if (!found.has(label)) found.set(label, tokens.slice(at + 1, end));
    });
  }
  return found;
}

/** The footnotes that a text refers to, in the order in which it does. */
function notesOf(document: Document): string[] {
  if (Object.keys(document.defined.notes).length === 0) return [];
  const definitions = definitionsOf(document);
  const labels = new Set<string>();
  const collect = (tokens: Token[]) => {
    let isInNote = false;
    for (const token of tokens) {
      if (isNote(token)) isInNote = true;
      else if (token.type === 'footnote_reference_close') isInNote = false;
      else if (!isInNote) for (const child of token.children ?? []) if (child.type === 'footnote_ref') labels.add((child.meta as { label: string }).label);
    }
  };
  for (const { tokens } of document.blocks) collect(tokens);
  // What is added here is visited too: a footnote may refer to another.
  for (const label of labels) collect(definitions.get(label) ?? []);
  return [...labels].filter((label) => definitions.has(label));
}

/** The footnotes, below the text. */
export function Notes({ document, context }: { document: Document; context: Shared }) {
  const { t } = useTranslation('chat');
  const definitions = definitionsOf(document);
  return (
    <section aria-label={t('message.footnotes')} className="footnotes">
      <ol>
        {context.notes.map((label, index) => (
          <li key={label} id={`${context.prefix}note-${index + 1}`} tabIndex={-1}>
            {render(definitions.get(label) ?? [], { ...context, isGrowing: false })}
            <TextLink href={`#${context.prefix}mark-${index + 1}`} label={t('message.footnoteBack', { number: number(index + 1) })}><CornerDownLeft className="inline size-3.5" aria-hidden /></TextLink>
          </li>
        ))}
      </ol>
    </section>
  );
}
