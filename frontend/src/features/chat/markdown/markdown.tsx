import { memo, useMemo, useState } from 'react';
import type { Passage } from '@/api/types';
import { nothing, parseWhole } from '@/features/chat/markdown/document';
import type { Defined } from '@/features/chat/markdown/parser';
import { Section } from '@/features/chat/markdown/section';
import { cutSections, textsOf } from '@/features/chat/markdown/sections';

interface Props {
  text: string;
  passages: Passage[];
  /** More of the text may come. */
  isGrowing?: boolean;
}

/** An answer's text. Its HTML, if it has any, is shown as text. Citation marks open their passage. */
export const Markdown = memo(function Markdown({ text, passages, isGrowing = false }: Props) {
  const [before, setBefore] = useState(() => cutSections(text));
  const cut = cutSections(text, before);
  if (cut !== before) setBefore(cut);
  const sources = textsOf(cut);
  const known = useMemo(() => new Map(passages.map((passage) => [passage.number, passage])), [passages]);
  const defined = useDefined(isGrowing ? sources.slice(0, -1) : sources);
  return (
    <div dir="auto" className="prose">
      {sources.map((source, index) => {
        const grows = isGrowing && index === sources.length - 1;
        return <Section key={index} source={source} isGrowing={grows} isAlone={sources.length === 1} defined={defined} passages={known} />;
      })}
    </div>
  );
});

/** What the sections of a text define, for all of them. */
function useDefined(sources: string[]): Defined {
  const defining = sources.length > 1 || sources[0] === undefined ? sources.filter((source) => source.includes(']:')) : [];
  const key = defining.join('\u0000');
  return useMemo(() => {
    if (key === '') return nothing;
    const found = key.split('\u0000').map((source) => parseWhole(source).defined);
    return found.reduce((all, { links, notes }) => ({ links: { ...links, ...all.links }, notes: { ...notes, ...all.notes } }), nothing);
  }, [key]);
}
