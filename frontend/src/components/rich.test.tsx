import { render } from '@testing-library/react';
import { describe, expect, it } from 'vitest';
import { Rich } from '@/components/rich';

const html = (text: string) => {
  const { container } = render(<Rich text={text} parts={{ link: <a href="/x" />, name: <b>{'<i>&'}</b> }} />);
  return container.innerHTML;
};

describe('Rich', () => {
  it('puts elements where their tags are', () => {
    expect(html('New? <link>Begin here</link>, <name/>.')).toBe('New? <a href="/x">Begin here</a>, <b>&lt;i&gt;&amp;</b>.');
    expect(html('<link>One</link><link>two</link>')).toBe('<a href="/x">One</a><a href="/x">two</a>');
  });

  it('takes all else as text', () => {
    expect(html('1 < 2 <img src=x onerror=1> & <link>a <b></link>')).toBe('1 &lt; 2 &lt;img src=x onerror=1&gt; &amp; <a href="/x">a &lt;b&gt;</a>');
    expect(html('<other>text</other> <link>open')).toBe('text &lt;link&gt;open');
  });
});
