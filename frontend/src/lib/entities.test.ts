import { decodeHTMLStrict as real } from 'entities';
import { describe, expect, it } from 'vitest';
import { decodeHTMLStrict } from '@/lib/entities';

describe('decodeHTMLStrict', () => {
  it.each(['a', '&amp;', '&lt;b&gt;', '&auml;&#228;&#xE4;', '&nbsp;', '&ampx', '&copy', '&quot;&apos;', '</textarea><b>', 'x & y &; &#; &amp;lt;'])('reads %j as the package does', (text) => {
    expect(decodeHTMLStrict(text)).toBe(real(text));
  });
});
