import { describe, expect, it } from 'vitest';
import { parseDocument } from '@/features/chat/markdown/document';
import { cutSections, type Sections, textsOf } from '@/features/chat/markdown/sections';

const paragraph = 'Mangoes are sweet, and the market is full of them. '.repeat(30);
const filler = (count: number) => Array.from({ length: count }, () => `${paragraph}\n\n`).join('');
const sources = (text: string) => parseDocument(text, true).blocks.map(({ source, tokens }) => [tokens[0]?.type, source.trim()]);
const inSections = (text: string) => textsOf(cutSections(text));

const samples: Record<string, string> = {
  paragraphs: filler(30),
  'code with empty lines and headings': `${filler(8)}\`\`\`sh\n${'# no heading\n\necho hi\n\nText\n'.repeat(400)}\`\`\`\n\n${filler(8)}`,
  'code in a list': `${filler(6)}1. So:\n\n   \`\`\`\n   a\n\n   b\n   \`\`\`\n\n2. Then\n\n${filler(12)}`,
  'code in a list that its end closes': `${filler(6)}- So:\n  \`\`\`\n  a\n\n${filler(12)}\`\`\`\nText\n\n${'Text\n\n'.repeat(2000)}`,
  'a loose list': `${filler(6)}${`- ${paragraph}\n\n  ${paragraph}\n\n`.repeat(12)}${filler(6)}`,
  formulas: `${filler(6)}$$\n${'x\n\nText\n'.repeat(900)}$$\n\n${filler(6)}`,
  'a formula in brackets': `${filler(6)}\\[\n${'x\n\nText\n'.repeat(900)}+ y \\]\n\n${filler(6)}`,
  'indented code and quotations': `${filler(6)}    code\n\n    more\n\n> a\n\n${filler(6)}# Heading\n${filler(6)}`,
};

describe.each(Object.entries(samples))('sections of %s', (_, text) => {
  it('make up the text', () => {
    expect(inSections(text).join('')).toBe(text);
  });

  it('are parsed to the same blocks as the text', () => {
    expect(inSections(text).flatMap(sources)).toEqual(sources(text));
  });

  it('are the same when the text grows', () => {
    let sections: Sections | undefined;
    for (let at = 0; at < text.length; at += 997) sections = cutSections(text.slice(0, at), sections);
    expect(textsOf(cutSections(text, sections))).toEqual(inSections(text));
  });
});

describe('cutSections', () => {
  it('cuts a long text', () => {
    expect(inSections(filler(30)).length).toBeGreaterThan(5);
  });

  it('leaves a short text whole', () => {
    expect(inSections(filler(5))).toHaveLength(1);
  });

  it('leaves a text with footnotes whole', () => {
    expect(inSections(`${filler(30)}[^1]: Note.\n`)).toHaveLength(1);
  });
});
