import { expect, it } from 'vitest';
import * as real from 'uc.micro';
import { Any, Cc, P, S, Z } from '@/lib/uc-micro';

const all = Array.from({ length: 0x11_0000 }, (_, code) => String.fromCodePoint(code));
const bmp = all.slice(0, 0x1_0000);
const differences = (texts: string[], one: { test: (text: string) => boolean }, other: { test: (text: string) => boolean }) =>
  texts.filter((text) => one.test(text) !== other.test(text)).map((text) => text.codePointAt(0)?.toString(16));

it('knows the characters that the package knows', () => {
  expect(differences(bmp, Any, real.Any)).toEqual([]);
  expect(differences(bmp, Cc, real.Cc)).toEqual([]);
  expect(differences(bmp, Z, real.Z)).toEqual([]);
  expect(differences(bmp, P, real.P)).toEqual([]);
  expect(differences(bmp, new RegExp(P.source), real.P)).toEqual([]);
  expect(differences(bmp, S, real.S)).toEqual([]);
  // What one Unicode has and the other has not.
  expect(differences(all, P, real.P).length + differences(all, S, real.S).length).toBeLessThan(200);
});
