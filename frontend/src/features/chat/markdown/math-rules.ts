import type { MarkdownIt, StateBlock, StateInline } from 'markdown-it';

/** Teaches a parser formulas: tokens `math`, of which `info` is `display` or `inline`. */
export function math(parser: MarkdownIt) {
  parser.inline.ruler.before('escape', 'math', inSentence);
  parser.block.ruler.before('fence', 'math', onOwnLines, { alt: ['paragraph', 'reference', 'blockquote', 'list'] });
}

/** Where `close` begins; a backslash takes what follows it along. */
function closeFrom(text: string, from: number, to: number, close: string): number {
  for (let at = from; at < to; at++) {
    if (text.startsWith(close, at)) return at + close.length <= to ? at : -1;
    if (text[at] === '\\') at++;
  }
  return -1;
}

const isWord = (letter: string | undefined) => letter !== undefined && /[\p{L}\p{N}]/u.test(letter);

/** `$…$`, `$$…$$`, `\(…\)` and `\[…\]`. */
function inSentence(state: StateInline, silent: boolean): boolean {
  const { src, pos, posMax } = state;
  const open = src.startsWith('$$', pos) ? '$$' : src[pos] === '$' ? '$' : src.slice(pos, pos + 2);
  const close = { $: '$', $$: '$$', '\\(': '\\)', '\\[': '\\]' }[open];
  // Of three dollars and more nothing is made.
  if (close === undefined || (open === '$$' && src[pos + 2] === '$') || (open[0] === '$' && src[pos - 1] === '$')) return false;
  const start = pos + open.length;
  const end = open === '$' ? dollarFrom(src, start, posMax) : closeFrom(src, start, posMax, close);
  if (end < 0 || src.slice(start, end).trim() === '') return false;
  if (!silent) {
    const token = state.push('math', '', 0);
    token.content = src.slice(start, end).trim();
    token.info = open === '$$' || open === '\\[' ? 'display' : 'inline';
  }
  state.pos = end + close.length;
  return true;
}

/**
 * The second of two dollars around a formula. A dollar is more often money: nothing but the formula stands right
 * inside the two, no letter before the first and none after the second.
 */
function dollarFrom(src: string, start: number, to: number): number {
  if (isWord(src[start - 2]) || /\s/.test(src[start] ?? ' ')) return -1;
  const end = closeFrom(src, start, to, '$');
  return end < 0 || /\s/.test(src[end - 1] ?? ' ') || src[end + 1] === '$' || isWord(src[end + 1]) ? -1 : end;
}

/** A line that has nothing but `$$` or `\[`, up to a line that ends with `$$` or `\]`; it ends with the text too, as fenced code does. */
function onOwnLines(state: StateBlock, startLine: number, endLine: number, silent: boolean): boolean {
  const lineOf = (line: number) => state.src.slice((state.bMarks[line] ?? 0) + (state.tShift[line] ?? 0), state.eMarks[line]).trim();
  const open = lineOf(startLine);
  if ((open !== '$$' && open !== '\\[') || (state.sCount[startLine] ?? 0) - state.blkIndent >= 4) return false;
  if (silent) return true;
  const close = open === '$$' ? '$$' : '\\]';
  let line = startLine + 1;
  let isClosed = false;
  for (; line < endLine && !isClosed; line++) {
    const text = lineOf(line);
    // It belongs to a list or a quotation that ends here.
    if (text !== '' && (state.sCount[line] ?? 0) < state.blkIndent) break;
    isClosed = text.endsWith(close) && !text.endsWith(`\\${close}`);
  }
  const token = state.push('math', '', 0);
  const content = state.getLines(startLine + 1, line, state.sCount[startLine] ?? 0, false).trim();
  token.content = isClosed ? content.slice(0, -close.length).trim() : content;
  token.info = 'display';
  token.markup = isClosed ? close : '';
  token.map = [startLine, line];
  token.block = true;
  state.line = line;
  return true;
}
