import { describe, expect, it } from 'vitest';
import { type Row, textDiff } from '@/features/bots/versions/text-diff';

/** `-[old]` for a removed line whose words in brackets differ. */
const drawn = (rows: Row[]) =>
  rows.map((row) => {
    if (row.kind === 'skipped') return `… ${row.count}`;
    if (row.kind === 'same') return `  ${row.text}`;
    return (row.kind === 'removed' ? '- ' : '+ ') + row.parts.map(({ text, isChanged }) => (isChanged ? `[${text}]` : text)).join('');
  });

describe('textDiff', () => {
  it('marks the words of a line that differ', () => {
    expect(drawn(textDiff('You are brief and kind.', 'You are thorough and kind.'))).toEqual(['- You are [brief] and kind.', '+ You are [thorough] and kind.']);
  });

  it('has whole lines that came or went', () => {
    expect(drawn(textDiff('one\ntwo', 'one\ntwo\nthree'))).toEqual(['  one', '  two', '+ [three]']);
    expect(drawn(textDiff('one\ntwo\nthree', 'one\nthree'))).toEqual(['  one', '- [two]', '  three']);
    expect(drawn(textDiff('one\n\ntwo', 'one\ntwo'))).toEqual(['  one', '- ', '  two']);
  });

  it('leaves out what is the same far from a change', () => {
    const many = Array.from({ length: 12 }, (_, line) => `line ${line}`);
    expect(drawn(textDiff(many.join('\n'), [...many.slice(0, 11), 'last'].join('\n')))).toEqual(['… 9', '  line 9', '  line 10', '- [line 11]', '+ [last]']);
  });

  it('compares words, not letters, where they are written in another script', () => {
    expect(drawn(textDiff('أجب باختصار', 'أجب بالتفصيل'))).toEqual(['- أجب [باختصار]', '+ أجب [بالتفصيل]']);
  });

  it('finds nothing between two that are the same', () => {
    expect(textDiff('one\ntwo', 'one\ntwo').filter(({ kind }) => kind === 'added' || kind === 'removed')).toEqual([]);
  });

  it('takes no time for the longest instructions', () => {
    const before = Array.from({ length: 4_000 }, (_, word) => `word${word % 977}`).join(' ');
    const after = before.replaceAll('word5', 'sentence');
    const began = performance.now();
    textDiff(before, after);
    expect(performance.now() - began).toBeLessThan(1_500);
  });
});
