import type { Token } from 'markdown-it';
import { CornerDownLeft } from 'lucide-react';
import { memo, useId, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Passage } from '@/api/types';
import { type Block, type Document, parseDocument, parseWhole } from '@/features/chat/markdown/document';
import { TextLink } from '@/features/chat/markdown/parts';
import { type Context, render } from '@/features/chat/markdown/render';
import { number } from '@/lib/format';

interface Props {
  text: string;
  passages: Passage[];
  /** More of the text may come. */
  isGrowing?: boolean;
}

/** An answer's text. Its HTML, if it has any, is shown as text. Citation marks open their passage. */
export const Markdown = memo(function Markdown({ text, passages, isGrowing = false }: Props) {
  const [document, setDocument] = useState(() => (isGrowing ? parseDocument(text, false) : parseWhole(text)));
  const current = parseDocument(text, !isGrowing, document);
  if (current !== document) setDocument(current);

  const known = useMemo(() => new Map(passages.map((passage) => [passage.number, passage])), [passages]);
  const prefix = useId();
  const labels = notesOf(current);
  const order = labels.join('\n');
  const context = useMemo(() => ({ passages: known, notes: order === '' ? [] : order.split('\n'), prefix }), [known, order, prefix]);
  return (
    <div dir="auto" className="prose">
      {current.blocks.map((block, index) => <BlockView key={index} block={block} context={context} />)}
      {labels.length > 0 && current.isWhole && <Notes document={current} context={context} />}
    </div>
  );
});

type Shared = Omit<Context, 'isGrowing'>;

const BlockView = memo(function BlockView({ block, context }: { block: Block; context: Shared }) {
  return render(block.tokens, { ...context, isGrowing: !block.isFinal });
});

/** What is inside each footnote, by its label; the first of a label counts. */
function definitionsOf(document: Document): Map<string, Token[]> {
  const found = new Map<string, Token[]>();
  for (const { tokens } of document.blocks) {
    for (let at = tokens.findIndex(isNote); at >= 0; at = next(tokens, at)) {
      const end = tokens.findIndex(({ type }, index) => index > at && type === 'footnote_reference_close');
      const { label } = tokens[at]?.meta as { label: string };
      if (!found.has(label)) found.set(label, tokens.slice(at + 1, end));
    }
  }
  return found;
}
const isNote = ({ type }: Token) => type === 'footnote_reference_open';
const next = (tokens: Token[], at: number) => tokens.findIndex((token, index) => index > at && isNote(token));

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

function Notes({ document, context }: { document: Document; context: Shared }) {
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
