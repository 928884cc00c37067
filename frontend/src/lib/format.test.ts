import { expect, it } from 'vitest';
import { ago, compact, dayRange, dollars, dollarsInSteps, fileSize, longDay, percent, shortDay } from '@/lib/format';

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

it('counts days by the calendar', () => {
  // A Wednesday, half past midnight, and the Monday and the Tuesday before.
  const now = new Date(2026, 2, 11, 0, 30).getTime();
  expect(ago(new Date(2026, 2, 9, 23).toISOString(), now)).toBe('2 days ago');
  expect(ago(new Date(2026, 2, 10, 0, 15).toISOString(), now)).toBe('yesterday');
});

it.each([[0.005, [0, 0.005, 0.015], ['$0.000', '$0.005', '$0.015']], [0.5, [0.5, 1], ['$0.50', '$1.00']], [20, [20], ['$20.00']]])('tells the marks of an axis in steps of %d dollars apart', (step, marks, expected) => {
  expect(marks.map(dollarsInSteps(step))).toEqual(expected);
});

it.each([[0, '0 B'], [999, '999 B'], [1_000, '1 kB'], [1_499_999, '1.5 MB'], [52_428_800, '52.4 MB'], [3e12, '3,000 GB']])('says how large %i bytes are', (bytes, expected) => {
  expect(fileSize(bytes)).toBe(expected);
});

it('shows a similarity as a share', () => {
  expect([percent(0.834), percent(1), percent(-0.2)]).toEqual(['83%', '100%', '0%']);
});

it.each([[0, '$0.00'], [12.5, '$12.50'], [0.25, '$0.25'], [0.01, '$0.01'], [0.004_23, '$0.0042'], [0.000_012, '$0.000012'], [1234.5, '$1,234.50']])('writes %d dollars so that small sums are seen', (value, expected) => {
  expect(dollars(value)).toBe(expected);
});

it('names days as they are in UTC, wherever one is', () => {
  expect([shortDay('2026-03-01'), longDay('2026-03-01')]).toEqual(['Mar 1', 'March 1, 2026']);
  expect(dayRange('2026-03-01', '2026-03-07')).toMatch(/^Mar 1\s*–\s*7$/);
  expect(compact(12_500)).toBe('12.5K');
});
