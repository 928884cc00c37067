import { describe, expect, it } from 'vitest';
import { parser } from '@/features/chat/markdown/parser';

/** The formulas of a text; those that are displayed stand in two dollars. */
const formulas = (text: string) =>
  parser
    .parse(text, {})
    .flatMap((token) => [token, ...(token.children ?? [])])
    .filter(({ type }) => type === 'math')
    .map(({ content, info }) => (info === 'display' ? `$$${content}$$` : `$${content}$`));

describe('formulas', () => {
  it.each([
    ['in dollars', 'so $x^2$ is', ['$x^2$']],
    ['several in a sentence', '$a$ and $b$, ($c$)', ['$a$', '$b$', '$c$']],
    ['in parentheses', 'so \\(x^2 + (y)\\) is', ['$x^2 + (y)$']],
    ['displayed in a sentence', 'so \\[x_1\\] and $$y$$', ['$$x_1$$', '$$y$$']],
    ['with stars and underscores', '$a*b*c_1 _2$', ['$a*b*c_1 _2$']],
    ['with an escaped dollar', '$5\\$ + x$', ['$5\\$ + x$']],
    ['over two lines', '$a +\nb$', ['$a +\nb$']],
    ['on lines of their own', '$$\na\n\n+ b\n$$\nthen', ['$$a\n\n+ b$$']],
    ['in brackets on lines of their own', 'so:\n\\[\n- a \\\\[2pt]\n\\]\n', ['$$- a \\\\[2pt]$$']],
    ['that end their last line', '$$\na = b $$\n\nafter', ['$$a = b$$']],
    ['in a list', '1. so\n   $$\n   x\n   $$\n2. $y$', ['$$x$$', '$y$']],
    ['in a list that ends before they do', '- $$\n  x\n\nafter', ['$$x$$']],
    ['in a quotation', '> $$\n> x\n> $$\nafter', ['$$x$$']],
    ['in bold', '**$x$**', ['$x$']],
    ['not yet closed', '$$\nx', ['$$x$$']],
  ])('are found: %s', (_, text, expected) => {
    expect(formulas(text)).toEqual(expected);
  });

  it.each([
    ['prices', 'It costs $5 and $10, or $20-$30.'],
    ['a single price', 'It costs $5.'],
    ['prices with a currency', 'US$5 and A$7'],
    ['code', '`$x$` and `\\(x\\)`'],
    ['escaped dollars', '\\$x\\$'],
    ['dollars with space inside', 'a $ b $ c'],
    ['three dollars', '$$$x$$$'],
    ['an open parenthesis', 'so \\(x'],
    ['code that is fenced', '```\n$$\nx\n$$\n```'],
  ])('are not made of %s', (_, text) => {
    expect(formulas(text)).toEqual([]);
  });
});
