import type { Token } from 'markdown-it';
import { type Defined, linkName, parse } from '@/features/chat/markdown/parser';

/** A paragraph, a list, a block of code: what stands at the top of a text. */
export interface Block {
  tokens: Token[];
  source: string;
  /** Nothing that follows can change it. */
  isFinal: boolean;
}

/** A text in blocks, and what is needed to go on when there is more of it. */
export interface Document {
  text: string;
  isWhole: boolean;
  blocks: Block[];
  /** How many of them are final, and where the others begin. */
  final: number;
  from: number;
  /** What is defined by the final blocks, and what by other texts. */
  defined: Defined;
  elsewhere: Defined;
  /** What closes the block of code that the text ends in. */
  fence: RegExp | null;
}

export const nothing: Defined = { links: {}, notes: {} };
const empty: Document = { text: '', isWhole: false, blocks: [], final: 0, from: 0, defined: nothing, elsewhere: nothing, fence: null };

/** Where nothing is parsed yet, of a text that may refer to what is defined elsewhere. */
export const emptyDocument = (elsewhere: Defined): Document => ({ ...empty, defined: elsewhere, elsewhere });

/**
 * The text in blocks. Of a text that goes on from `before`, only what may have changed is parsed: Markdown is read
 * line by line, so that a block is final when the next one has begun. The outcome is that of parsing all at once.
 */
export function parseDocument(given: string, isWhole: boolean, before: Document = empty): Document {
  const text = given.includes('\r') ? given.replace(/\r\n?/g, '\n') : given;
  if (text === before.text && isWhole === before.isWhole) return before;
  const known = !before.isWhole && text.startsWith(before.text.slice(0, before.from)) ? before : emptyDocument(before.elsewhere);
  const grown = isWhole ? null : growCode(known, text);
  if (grown) return grown;

  const source = text.slice(known.from);
  const fresh = blocksOf(source, known.defined);
  const count = isWhole ? fresh.blocks.length : countFinal(fresh);
  const end = isWhole ? source.length : (fresh.starts[count] ?? 0);
  let final = fresh.blocks.slice(0, count);
  let { defined } = fresh;
  if (!isWhole && count > 0 && defines(known.defined, defined)) {
    // A definition that is not whole must not be taken for what it will be.
    const alone = blocksOf(source.slice(0, end), known.defined);
    final = alone.blocks;
    ({ defined } = alone);
  }
  if (count === 0 || !defines(known.defined, defined)) ({ defined } = known);

  const kept = known.blocks.slice(0, known.final);
  const blocks = [
    ...(defined === known.defined ? kept : kept.map((block) => (mentions(block.source, defined, known.defined) ? parseAgain(block, defined) : block))),
    ...final.map((block) => ({ ...block, isFinal: true })),
  ];
  const rest = fresh.blocks.slice(count);
  return { ...known, text, isWhole, blocks: [...blocks, ...rest], final: blocks.length, from: known.from + end, defined, fence: isWhole ? null : openFence(rest) };
}

const whole = new Map<string, Document>();
const KEPT = 300;

/** A text that is whole. The last ones are kept: a message that scrolls out of view comes back. */
export function parseWhole(text: string, elsewhere: Defined = nothing): Document {
  if (elsewhere !== nothing) return parseDocument(text, true, emptyDocument(elsewhere));
  const document = whole.get(text) ?? parseDocument(text, true);
  whole.delete(text);
  whole.set(text, document);
  for (const oldest of whole.keys()) {
    if (whole.size <= KEPT) break;
    whole.delete(oldest);
  }
  return document;
}

interface Fresh {
  blocks: Block[];
  /** Where the first line of each begins. */
  starts: number[];
  source: string;
  defined: Defined;
}

function blocksOf(source: string, known: Defined): Fresh {
  const { tokens, defined } = parse(source, known);
  const groups: Token[][] = [];
  let depth = 0;
  for (const token of tokens) {
    if (depth === 0) groups.push([]);
    groups.at(-1)?.push(token);
    depth += token.nesting;
  }
  const lines = [0];
  for (let at = source.indexOf('\n'); at >= 0; at = source.indexOf('\n', at + 1)) lines.push(at + 1);
  // A footnote has no line of its own, what is in it has; an empty one belongs to what is before it.
  const starts = groups.map((group) => lines[group.find(({ map }) => map !== null)?.map?.[0] ?? -1] ?? null);
  const found = groups.flatMap((group, index) => (starts[index] == null ? [] : [{ group, start: starts[index] }]));
  return {
    blocks: found.map(({ group, start }, index) => ({ tokens: group, source: source.slice(index === 0 ? 0 : start, found[index + 1]?.start), isFinal: false })),
    starts: found.map(({ start }, index) => (index === 0 ? 0 : start)),
    source,
    defined,
  };
}

/**
 * How many blocks are final: those before the last that has certainly begun, as its first line is whole. The title of a definition may
 * come on the next line, so that without an empty line between only what can be no title proves something.
 */
function countFinal({ blocks, starts, source }: Fresh): number {
  for (let index = blocks.length - 1; index > 0; index--) {
    const start = starts[index] ?? 0;
    // A letter begins a paragraph, whatever comes after it.
    const isLineWhole = source.includes('\n', start) || /^\p{L}/u.test(source.slice(start, start + 2));
    const isApart = /^(?:#|```|~~~)/.test(source.slice(start, start + 3)) || source.slice(source.lastIndexOf('\n', start - 2) + 1, start).trim() === '';
    if (isLineWhole && isApart) return index;
  }
  return 0;
}

const defines = (before: Defined, after: Defined) =>
  Object.keys(after.links).length > Object.keys(before.links).length || Object.keys(after.notes).length > Object.keys(before.notes).length;

/** Whether a block may refer to what is defined only now. */
export function mentions(source: string, after: Defined, before: Defined): boolean {
  if (!source.includes('[')) return false;
  for (const [, name = ''] of source.matchAll(/\[((?:[^[\]\\]|\\[^])+)(?=\])/g)) {
    const link = linkName(name);
    if (link in after.links && !(link in before.links)) return true;
    const note = name.startsWith('^') ? name.slice(1) : null;
    if (note !== null && note in after.notes && !(note in before.notes)) return true;
  }
  return false;
}

const parseAgain = (block: Block, known: Defined): Block => ({ ...block, tokens: parse(block.source, known).tokens });

/** What closes the code that a text ends in, if the page can let that code grow without parsing it again. */
function openFence(rest: Block[]): RegExp | null {
  const [block, ...others] = rest;
  const token = block?.tokens[0];
  if (!block || others.length > 0 || token?.type !== 'fence' || !/^[`~]/.test(block.source)) return null;
  const mark = token.markup[0] ?? '';
  const close = new RegExp(`\\n {0,3}${mark}{${token.markup.length},}[ \\t]*(?:\\n|$)`);
  return block.source.includes('\n') && !close.test(block.source) ? close : null;
}

function growCode(known: Document, text: string): Document | null {
  const last = known.blocks.at(-1);
  const token = last?.tokens[0];
  if (!known.fence || !last || !token) return null;
  const source = text.slice(known.from);
  // From the last line on that was not whole: it may have become the end.
  if (!source.startsWith(last.source) || known.fence.test(source.slice(last.source.lastIndexOf('\n')))) return null;
  const content = source.slice(source.indexOf('\n') + 1);
  const grown = Object.assign(Object.create(Object.getPrototypeOf(token) as object) as Token, token, { content });
  return { ...known, text, blocks: [...known.blocks.slice(0, -1), { ...last, tokens: [grown], source }] };
}
