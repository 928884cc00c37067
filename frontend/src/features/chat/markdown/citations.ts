/** `[1]`, and `[1, 3]` for several. */
const MARK = /\[(\d{1,3}(?:\s*,\s*\d{1,3})*)\]/g;

/**
 * A text in pieces: a number is a mark that cites the passage of that number. Numbers that are not known stay in
 * the text as they are: the model made them up.
 */
export function splitCitations(text: string, known: Pick<ReadonlyMap<number, unknown>, 'has' | 'size'>): (string | number)[] {
  if (known.size === 0 || !text.includes('[')) return [text];
  const parts: (string | number)[] = [];
  let from = 0;
  for (const match of text.matchAll(MARK)) {
    const numbers = (match[1] ?? '').split(',').map(Number);
    if (!numbers.every((number) => known.has(number))) continue;
    // A mark does not begin a line: it belongs to what stands before it.
    if (match.index > from) parts.push(text.slice(from, match.index).replace(/ $/, '\u00a0'));
    parts.push(...numbers);
    from = match.index + match[0].length;
  }
  if (from < text.length || parts.length === 0) parts.push(text.slice(from));
  return parts;
}
