import { expect, it } from 'vitest';
import { ago, fileSize, percent } from '@/lib/format';

const now = Date.parse('2026-03-10T12:00:00Z');

it.each([
  [-5, /just now/],
  [59, /just now/],
  [60, /1 min/],
  [3599, /59 min/],
  [3600, /1 h/],
  [86_400, /yesterday/],
  [6 * 86_400, /6 days/],
  [8 * 86_400, /2026/],
])('says how long ago %i seconds are', (seconds, expected) => {
  expect(ago(new Date(now - seconds * 1000).toISOString(), now)).toMatch(expected);
});

it.each([[0, '0 B'], [999, '999 B'], [1_000, '1 kB'], [1_499_999, '1.5 MB'], [52_428_800, '52.4 MB'], [3e12, '3,000 GB']])('says how large %i bytes are', (bytes, expected) => {
  expect(fileSize(bytes)).toBe(expected);
});

it('shows a similarity as a share', () => {
  expect([percent(0.834), percent(1), percent(-0.2)]).toEqual(['83%', '100%', '0%']);
});
