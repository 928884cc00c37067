import MarkdownIt, { type StateCore, type Token } from 'markdown-it';
import footnotes from 'markdown-it-footnote';
import { math } from '@/features/chat/markdown/math-rules';

/** CommonMark with GitHub's tables, strikethrough and bare links, footnotes and formulas. HTML is text. */
export const parser = new MarkdownIt({ html: false, linkify: true });
// What only looks like an address, such as `main.rs`, is none.
parser.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
parser.validateLink = (url) => /^(?:https?|mailto|tel|ircs?|xmpp):/i.test(url) || !/^[^/?#]*:/.test(url);
parser.use(footnotes).use(math);
// Footnotes stay where they are defined; the page puts them below the text. `^[…]` is none of GitHub's.
parser.disable(['footnote_tail', 'footnote_inline']);
parser.core.ruler.push('annotate', annotate);

/** Makes the boxes of tasks, and says which text is in a link. */
function annotate({ tokens, Token }: StateCore) {
  tokens.forEach((token, index) => {
    const children = token.children ?? [];
    let links = 0;
    for (const child of children) {
      if (child.tag === 'a') links += child.nesting;
      else if (child.type === 'text' && links > 0) child.info = 'in link';
    }
    const [first] = children;
    const item = tokens[index - 2];
    const task = item?.type === 'list_item_open' && first?.type === 'text' ? /^\[([ xX])\]\s/.exec(first.content) : null;
    if (!task || !first || !item) return;
    first.content = first.content.slice(task[0].length);
    const box = new Token('task', 'input', 0);
    box.info = task[1] === ' ' ? 'open' : 'done';
    item.info = 'task';
    children.unshift(box);
  });
}

/** What a text defines and may refer to anywhere: links, by their normal name, and footnotes. */
export interface Defined {
  links: Readonly<Record<string, { title: string; href: string }>>;
  notes: Readonly<Record<string, true>>;
}

/** The name by which a link is known. */
export const linkName = (name: string) => parser.utils.normalizeReference(name);

/** Parses, given what is defined elsewhere; the first definition of a name counts. */
export function parse(source: string, known: Defined): { tokens: Token[]; defined: Defined } {
  const references = { ...known.links };
  const refs: Record<string, number> = Object.fromEntries(Object.keys(known.notes).map((label) => [`:${label}`, -1]));
  const tokens = parser.parse(source, { references, footnotes: { refs } });
  const notes = Object.fromEntries(Object.keys(refs).map((label) => [label.slice(1), true as const]));
  return { tokens, defined: { links: references, notes } };
}
