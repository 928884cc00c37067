// In place of the package uc.micro (see vite.config.ts), which lists characters by categories that the browser knows.

interface Category {
  test: (text: string) => boolean;
  /** To be a part of another expression. */
  source: string;
}

/** Between them are only ideographs, syllables, surrogates and what is for private use. */
const BLOCKS: [from: number, to: number][] = [[0, 0x3100], [0xa4d0, 0xac00], [0xf900, 0x10000]];

/** linkify-it builds its expressions without the flag `u`, so the source has only what is no surrogate pair: nobody writes the others about addresses. */
function category(pattern: RegExp): Category {
  let list = '';
  for (const [from, to] of BLOCKS) {
    for (let code = from; code < to; code += 1) if (pattern.test(String.fromCharCode(code))) list += `\\u${code.toString(16).padStart(4, '0')}`;
  }
  return { test: (text) => pattern.test(text), source: `[${list}]` };
}

export const Any = /[^\ud800-\udfff]|[\ud800-\udbff][\udc00-\udfff]|[\ud800-\udfff]/;
export const Cc = /[\0-\x1f\x7f-\x9f]/;
export const Z = /[ \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;
export const P = category(/\p{P}/u);
export const S = /\p{S}/u;
