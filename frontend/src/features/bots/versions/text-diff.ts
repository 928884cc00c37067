import { diffArrays, diffLines } from 'diff';

/** A piece of a line; `isChanged` where it differs from its counterpart. */
export interface Part {
  text: string;
  isChanged: boolean;
}

export type Row = { kind: 'same'; text: string } | { kind: 'skipped'; count: number } | { kind: 'removed' | 'added'; parts: Part[] };

/** Texts that differ in more words than this are two texts: to find what they share takes long, and says nothing. */
const MOST_WORDS = 250;
/** Lines that are shown around what changed. */
const AROUND = 2;

const segmenter = new Intl.Segmenter(undefined, { granularity: 'word' });

const wordsOf = (text: string) => Array.from(segmenter.segment(text), ({ segment }) => segment);
const lines = (text: string) => text.replace(/\n$/, '').split('\n');

/** Two texts line by line, the words that differ marked, and what is the same far from changes left out. */
export function textDiff(before: string, after: string): Row[] {
  // The last line too, so that it is not taken for another one because of what follows it.
  const hunks = diffLines(`${before}\n`, `${after}\n`);
  const rows: Row[] = [];
  hunks.forEach((hunk, index) => {
    const next = hunks[index + 1];
    if (!hunk.added && !hunk.removed) {
      rows.push(...foldedLines(lines(hunk.value), index > 0, next !== undefined));
    } else if (hunk.removed && next?.added) {
      const words = diffArrays(wordsOf(hunk.value), wordsOf(next.value), { maxEditLength: MOST_WORDS })?.map((run) => ({ ...run, value: run.value.join('') }));
      const all = ({ value }: { value: string }) => [{ value, added: true }];
      rows.push(...rowsOf('removed', words?.filter(({ added }) => !added) ?? all(hunk)), ...rowsOf('added', words?.filter(({ removed }) => !removed) ?? all(next)));
    } else if (hunk.removed || !hunks[index - 1]?.removed) {
      rows.push(...rowsOf(hunk.removed ? 'removed' : 'added', [{ value: hunk.value, added: true }]));
    }
  });
  return rows;
}

function foldedLines(same: string[], hasBefore: boolean, hasAfter: boolean): Row[] {
  const head = hasBefore ? AROUND : 0;
  const tail = hasAfter ? AROUND : 0;
  const rows = (some: string[]): Row[] => some.map((text) => ({ kind: 'same', text }));
  const count = same.length - head - tail;
  // A fold takes a line itself.
  if (count < 2) return rows(same);
  return [...rows(same.slice(0, head)), { kind: 'skipped', count }, ...rows(tail ? same.slice(-tail) : [])];
}

/** Cuts a run of words into its lines. */
function rowsOf(kind: 'removed' | 'added', words: { value: string; added?: boolean; removed?: boolean }[]): Row[] {
  const parts: Part[][] = [[]];
  for (const { value, added, removed } of words) {
    value.split('\n').forEach((text, index) => {
      if (index > 0) parts.push([]);
      if (text) parts.at(-1)?.push({ text, isChanged: added === true || removed === true });
    });
  }
  // After the last line's end there is nothing.
  if (parts.at(-1)?.length === 0) parts.pop();
  return parts.map((part) => ({ kind, parts: part }));
}
