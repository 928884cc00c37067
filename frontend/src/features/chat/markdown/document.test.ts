import type { Token } from 'markdown-it';
import { describe, expect, it, vi } from 'vitest';
import { type Block, type Document, parseDocument } from '@/features/chat/markdown/document';
import { parser } from '@/features/chat/markdown/parser';

/** What is shown of tokens: not where they stood. */
const shown = (tokens: Token[] | null): unknown[] =>
  (tokens ?? []).map(({ type, tag, attrs, content, info, hidden, meta, children }) => ({ type, tag, attrs, content: type === 'fence' ? content.replace(/\n$/, '') : content, info, hidden, label: (meta as { label?: string } | null)?.label, children: shown(children) }));
const seen = (blocks: Block[]) => blocks.map(({ tokens }) => shown(tokens));
const atOnce = (text: string) => seen(parseDocument(text, true).blocks);

/** The text as it comes in pieces, after each of them. */
function inPieces(text: string, cut: (at: number) => number): Document[] {
  const steps: Document[] = [];
  let document: Document | undefined;
  for (let at = 0; at < text.length; ) {
    at += cut(at);
    document = parseDocument(text.slice(0, at), false, document);
    steps.push(document);
  }
  steps.push(parseDocument(text, true, document));
  return steps;
}

const samples: Record<string, string> = {
  paragraphs: 'One **bold\nstill** word.\n\nTwo.\n\n\n\nThree',
  headings: '# A\nText\n## B\n\nSetext\n===\nmore\n---\nend',
  'a tight list, then a loose one': '- a\n- b\n  - c\n\n1. x\n\n2. y\n\n   more of y\n3. z\n\nEnd.',
  'a list that a heading ends': '- a\n# b\n- c\n#no heading\n',
  'a list with code': '1. So:\n\n   ```js\n   let a = 1;\n\n   let b;\n   ```\n\n2. And `x`.\n',
  code: 'So:\n```rust\nfn main() {\n\n}\n```\nthen\n\n~~~\n```\n~~~\n',
  'code that never ends': 'So:\n\n```\na\n\n# no heading\n``\n- b',
  'code in code': '````md\n```\nx\n```\n````\nafter',
  'indented code': 'a\n\n    code\n\n    more\n\nb',
  'a table': 'Text\n\n| a | b |\n|---|:-:|\n| 1 | `2` |\n| 3 | **4** |\n\nafter\n| no | table |\n',
  'a quotation': '> a\nlazy\n> - b\n\n> c\n\nd',
  'links defined later': 'See [one] and [two][2], not [three].\n\nMore [ONE].\n\n[one]: https://a.test "A\n[2]: https://b.test\n"Title"\n\n[one]: https://no.test\n',
  'a definition with a title on its next line': 'See [a].\n\n[a]: https://a.test\n"Title of\ntwo lines"\n\nEnd [a].',
  'a definition in a list': '- [x]: https://x.test\n- b\n\nSee [x].',
  'a definition before': '[a]: https://a.test\n\nSee [a].\n\nAgain [a][].',
  footnotes: 'A[^1] and B[^note].\n\n[^1]: The first.\n\n    More of it.\n\n[^note]: Second[^1].\nEnd.\n\nC[^1] D[^none]',
  formulas: 'So $a$:\n\n$$\nx\n\n+ y\n$$\n\nand \\[\n- z\n\\]\n\\(q\\)',
  'a line across': 'a\n\n---\n\n***\nb\n- - -\nc',
  'Windows lines': 'a\r\n\r\n- b\r\n- c\r\n\r\n```\r\nd\r\n```\r\n',
  'tasks and strikes': '- [ ] a\n- [x] ~~b~~\n\nhttps://mangoo.test/x and <https://y.test>',
  'HTML that is text': '<div>\n\n**a**\n\n</div>\n<!-- b -->\n\nc',
};

describe.each(Object.entries(samples))('%s', (_, text) => {
  it('are the same letter by letter as all at once', () => {
    const steps = inPieces(text, () => 1);
    expect(seen(steps.at(-1)?.blocks ?? [])).toEqual(atOnce(text));
  });

  it('are the same in any pieces', () => {
    for (let seed = 1; seed <= 40; seed++) {
      let state = seed;
      const steps = inPieces(text, () => 1 + ((state = (state * 1103515245 + 12345) % 2147483648) >> 8) % 17);
      expect(seen(steps.at(-1)?.blocks ?? [])).toEqual(atOnce(text));
    }
  });

  it('do not change where they are final, but for what is defined later', () => {
    if (/^ *-? ?\[[^\]]+\]:/m.test(text)) return;
    const whole = atOnce(text);
    for (const { blocks, final } of inPieces(text, () => 1)) {
      expect(seen(blocks.slice(0, final))).toEqual(whole.slice(0, final));
    }
  });
});

describe('parseDocument', () => {
  it('keeps the blocks that are final, so that they are not drawn again', () => {
    const before = parseDocument('One.\n\nTwo.\n\nThr', false);
    const after = parseDocument('One.\n\nTwo.\n\nThree.\n\nFour', false, before);
    expect(before.final).toBe(2);
    expect(after.final).toBe(3);
    expect(after.blocks[0]).toBe(before.blocks[0]);
    expect(after.blocks[1]).toBe(before.blocks[1]);
  });

  it('parses anew a text that is not the one from before with more', () => {
    const before = parseDocument('One.\n\nTwo.\n\nThree', false);
    expect(seen(parseDocument('Other.\n\nTwo.\n\nThree', true, before).blocks)).toEqual(atOnce('Other.\n\nTwo.\n\nThree'));
  });

  it('does not parse long code again and again', () => {
    const line = 'let x = 1; // something\n';
    let document = parseDocument('```js\n', false);
    const parse = vi.spyOn(parser, 'parse');
    for (let lines = 1; lines <= 400; lines++) document = parseDocument(`\`\`\`js\n${line.repeat(lines)}`, false, document);
    expect(parse).not.toHaveBeenCalled();
    expect(document.blocks[0]?.tokens[0]?.content).toBe(line.repeat(400));
  });

  it('draws only those blocks again that refer to what is defined now', () => {
    const text = 'One [a].\n\nTwo.\n\nThree.\n\n';
    const before = parseDocument(text, false);
    const after = parseDocument(`${text}[a]: https://a.test\n\nEnd.`, true, before);
    expect(after.blocks[1]?.tokens).toBe(before.blocks[1]?.tokens);
    expect(after.blocks[0]?.tokens[1]?.children?.some(({ type }) => type === 'link_open')).toBe(true);
    expect(after.blocks[0]).not.toBe(before.blocks[0]);
  });
});
