import { memo, useEffect, useRef, useState } from 'react';
import type { Passage } from '@/api/types';
import { type Block, emptyDocument, mentions, nothing, parseDocument, parseWhole } from '@/features/chat/markdown/document';
import { Notes, useNotes } from '@/features/chat/markdown/notes';
import type { Defined } from '@/features/chat/markdown/parser';
import { type Context, render } from '@/features/chat/markdown/render';

interface Props {
  source: string;
  isGrowing: boolean;
  /** The text has no other. */
  isAlone: boolean;
  /** What other sections define. */
  defined: Defined;
  passages: ReadonlyMap<number, Passage>;
}

/** So far outside of the view a section is drawn already, or still. */
const MARGIN = '1500px 0px';

/** A part of a text. One of several is on the page only near to what is in view: a long answer is thousands of elements. */
export const Section = memo(function Section(props: Props) {
  const { source, isGrowing, isAlone } = props;
  const box = useRef<HTMLDivElement>(null);
  // Its height while it is not drawn.
  const [away, setAway] = useState<number | null>(() => (isGrowing ? null : heightOf(source)));

  useEffect(() => {
    if (isAlone || isGrowing || !box.current) return;
    const observer = new IntersectionObserver(
      (entries) => {
        const entry = entries.at(-1);
        if (entry) setAway((height) => (entry.isIntersecting ? null : height ?? entry.boundingClientRect.height));
      },
      { root: box.current.closest('[data-scroller]'), rootMargin: MARGIN },
    );
    observer.observe(box.current);
    return () => { observer.disconnect(); };
  }, [isAlone, isGrowing]);

  if (isAlone) return <SectionText {...props} />;
  return (
    <div ref={box} className="section" style={away === null || isGrowing ? undefined : { height: away }}>
      {(away === null || isGrowing) && <SectionText {...props} />}
    </div>
  );
});

/** About as high as a text will be, in pixels. */
export const heightOf = (source: string) => source.length / 80 * 28 + (source.match(/\n/g)?.length ?? 0) * 16;

function SectionText({ source, isGrowing, defined, passages }: Props) {
  const elsewhere = defined !== nothing && mentions(source, defined, nothing) ? defined : nothing;
  const [before, setBefore] = useState(() => (isGrowing ? parseDocument(source, false, emptyDocument(elsewhere)) : parseWhole(source, elsewhere)));
  const document = parseDocument(source, !isGrowing, before.elsewhere === elsewhere ? before : emptyDocument(elsewhere));
  if (document !== before) setBefore(document);
  const { notes, context } = useNotes(document, passages);
  return (
    <>
      {document.blocks.map((block, index) => <BlockView key={index} block={block} context={context} />)}
      {notes.length > 0 && document.isWhole && <Notes document={document} context={context} />}
    </>
  );
}

const BlockView = memo(function BlockView({ block, context }: { block: Block; context: Omit<Context, 'isGrowing'> }) {
  return render(block.tokens, { ...context, isGrowing: !block.isFinal });
});
