import type { Element, ElementContent, Root } from 'hast';

/** `[1]`, and `[1, 3]` for several. */
const MARK = /\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]/g;
/** Where a mark is not a citation: code, and the text of a link. */
const OPAQUE = new Set(['code', 'pre', 'a']);

/**
 * A rehype plugin: turns the citation marks of the numbers in `known` into `<cite data-number="1">` elements,
 * one a number. Numbers that are not known stay as they are: the model made them up.
 */
export function rehypeCitations(known: ReadonlySet<number>) {
  return (tree: Root) => { visit(tree, known); };
}

function visit(parent: Root | Element, known: ReadonlySet<number>) {
  parent.children = (parent.children as ElementContent[]).flatMap((child) => {
    if (child.type === 'text') return split(child.value, known);
    if (child.type === 'element' && !OPAQUE.has(child.tagName)) visit(child, known);
    return [child];
  });
}

function split(text: string, known: ReadonlySet<number>): ElementContent[] {
  const parts: ElementContent[] = [];
  let from = 0;
  for (const match of text.matchAll(MARK)) {
    const numbers = (match[1] ?? '').split(',').map(Number);
    if (!numbers.every((number) => known.has(number))) continue;
    // A mark does not begin a line: it belongs to what stands before it.
    if (match.index > from) parts.push({ type: 'text', value: text.slice(from, match.index).replace(/ $/, '\u00a0') });
    for (const number of numbers) {
      parts.push({ type: 'element', tagName: 'cite', properties: { dataNumber: number }, children: [{ type: 'text', value: String(number) }] });
    }
    from = match.index + match[0].length;
  }
  if (from < text.length || parts.length === 0) parts.push({ type: 'text', value: text.slice(from) });
  return parts;
}
