import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Passage } from '@/api/types';
import { Markdown } from '@/features/chat/markdown/markdown';

const passage = (number: number): Passage => ({ number, id: `p${number}`, knowledge_base_id: 'k', text: `The text of passage ${number}.`, source_type: 'text', source_uri: `source-${number}.md`, similarity: 0.834, is_cited: true });
const show = (text: string, numbers: number[] = [1, 2, 3]) => render(<Markdown text={text} passages={numbers.map(passage)} />).container;
const marks = () => screen.queryAllByRole('button', { name: /^Source/ }).map((mark) => mark.textContent);

describe('citations', () => {
  it('open their passage, with its source and similarity', async () => {
    show('Mangoes are sweet [2].');
    await userEvent.click(screen.getByRole('button', { name: 'Source 2: source-2.md' }));
    const dialog = screen.getByRole('dialog', { name: 'Passage 2' });
    expect(within(dialog).getByText('The text of passage 2.')).toBeVisible();
    expect(within(dialog).getByText('source-2.md')).toBeVisible();
    expect(within(dialog).getByText('83% similar')).toBeVisible();
  });

  it.each([
    ['several in one', 'Sweet [1, 3].', ['1', '3']],
    ['several in a row', 'Sweet [1][3].', ['1', '3']],
    ['in a list, bold and in a table', '- **ripe [1]**\n\n| a |\n|---|\n| b [2] |', ['1', '2']],
    ['at both ends', '[1] sweet [2]', ['1', '2']],
  ])('are found: %s', (_, text, expected) => {
    show(text);
    expect(marks()).toEqual(expected);
  });

  it.each([
    ['a number that nobody gave', 'Sweet [9].', 'Sweet [9].'],
    ['a list with one that nobody gave', 'Sweet [1, 9].', 'Sweet [1, 9].'],
    ['code', '`list[1]`', 'list[1]'],
    ['a link', '[1](https://example.com)', '1'],
    ['other brackets', '[a] [1.5] [-1]', '[a] [1.5] [-1]'],
  ])('are not made of %s', (_, text, expected) => {
    expect(show(text).textContent).toBe(expected);
    expect(marks()).toEqual([]);
  });

  it('are text as long as the passages are not known', () => {
    expect(show('Sweet [1].', []).textContent).toBe('Sweet [1].');
  });
});

describe('untrusted text', () => {
  it('is never HTML', () => {
    const page = show('<img src=x onerror="alert(1)"> <script>alert(1)</script> <b>bold</b>');
    expect(page.querySelector('img, script, b')).toBeNull();
    expect(page.textContent).toContain('<b>bold</b>');
  });

  it('cannot forge a citation', () => {
    expect(show('<cite data-number="1">1</cite>').querySelector('cite')).toBeNull();
    expect(marks()).toEqual([]);
  });

  it('has no links that run code', () => {
    const page = show('[a](javascript:alert(1)) [b](data:text/html,x) [c](https://example.com)');
    expect(Array.from(page.querySelectorAll('a'), (link) => link.getAttribute('href'))).toEqual(['https://example.com']);
    expect(screen.getByRole('link', { name: 'c' })).toHaveAttribute('rel', expect.stringContaining('noopener'));
  });

  it('loads no images from elsewhere', () => {
    const page = show('![a chart](https://example.com/spy.png)');
    expect(page.querySelector('img')).toBeNull();
    expect(screen.getByRole('link', { name: 'a chart' })).toHaveAttribute('href', 'https://example.com/spy.png');
  });
});

describe('code', () => {
  it('is highlighted, in the language it names', async () => {
    await import('@/features/chat/markdown/highlight');
    const page = show('```rust\nfn main() {}\n```');
    expect(page.querySelector('code')?.textContent).toBe('fn main() {}');
    expect(await screen.findByText('fn')).toHaveClass('hljs-keyword');
  });

  it('is copied whole', async () => {
    const user = userEvent.setup();
    show('```text\nline 1\nline 2\n```');
    await user.click(screen.getByRole('button', { name: 'Copy' }));
    expect(await navigator.clipboard.readText()).toBe('line 1\nline 2');
    expect(screen.getByRole('button', { name: 'Copied' })).toBeVisible();
  });

  it('stays as it is in a language that is not known', async () => {
    const page = show('```brainfuck\n+[-->]\n```');
    await import('@/features/chat/markdown/highlight');
    expect(page.querySelector('code')?.textContent).toBe('+[-->]');
  });
});

describe('formulas', () => {
  beforeAll(() => {
    // It draws in no quirks mode, which this document says it is in.
    Object.defineProperty(document, 'compatMode', { value: 'CSS1Compat' });
  });

  it('are drawn, with what a screen reader needs', async () => {
    await import('@/features/chat/markdown/katex');
    const page = show('So $x^2$.');
    await vi.waitFor(() => { expect(page.querySelector('.katex')).not.toBeNull(); });
    expect(page.querySelector('math')).not.toBeNull();
  });

  it('stay as they are where they are none', async () => {
    await import('@/features/chat/markdown/katex');
    const page = show('So $\\frac{1$.');
    expect(await screen.findByText('\\frac{1')).toBeVisible();
    expect(page.querySelector('.katex')).toBeNull();
  });
});

describe('the rest', () => {
  it('has tables that scroll by themselves, with their alignment', () => {
    show('| a | b |\n|--:|---|\n| 1 | 2 |');
    expect(screen.getByRole('region', { name: 'Table' })).toContainElement(screen.getByRole('table'));
    expect(screen.getByRole('cell', { name: '1' })).toHaveStyle({ textAlign: 'right' });
  });

  it('has boxes for tasks', () => {
    show('- [x] done\n- [ ] open');
    expect(screen.getAllByRole('checkbox').map((box) => (box as HTMLInputElement).checked)).toEqual([true, false]);
    expect(screen.getAllByRole('listitem').map((item) => item.textContent)).toEqual(['done', 'open']);
  });

  it('numbers footnotes as they are referred to, and leads there and back', () => {
    const page = show('A[^b] B[^a] C[^b].\n\n[^a]: First.\n[^b]: Second.\n\n[^c]: Never.');
    expect(Array.from(page.querySelectorAll('sup'), (mark) => mark.textContent)).toEqual(['1', '2', '1']);
    const notes = screen.getByRole('region', { name: 'Footnotes' });
    expect(within(notes).getAllByRole('listitem').map((note) => note.textContent)).toEqual(['Second.', 'First.']);
    const [mark] = page.querySelectorAll('sup a');
    expect(page.querySelector(`[id="${mark?.getAttribute('href')?.slice(1) ?? ''}"]`)).toHaveTextContent('Second.');
  });

  it('shows a text that grows as it is when whole', () => {
    const text = '# A\n\n- b [1]\n- c\n\n| d |\n|---|\n| e |\n\n`f` [g][1]\n\n```\nh\n```\n\n[1]: https://mangoo.test\n';
    const view = render(<Markdown text="" passages={[]} isGrowing />);
    for (let end = 1; end < text.length; end += 3) view.rerender(<Markdown text={text.slice(0, end)} passages={[]} isGrowing />);
    view.rerender(<Markdown text={text} passages={[]} />);
    expect(view.container.innerHTML).toBe(render(<Markdown text={text} passages={[]} />).container.innerHTML);
  });
});
