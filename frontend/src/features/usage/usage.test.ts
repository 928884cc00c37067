import { describe, expect, it } from 'vitest';
import type { UsageRow } from '@/api/types';
import { addDays, bars, dayCount, isDay, isRange, lastDays } from '@/features/usage/days';
import { labelled, series, ticks } from '@/features/usage/series';

const row = (day: string, model: string, tokens: number, cost: number | null = null): UsageRow => ({
  day, model_id: model, answers: 1, estimated_answers: 0, input_tokens: tokens, output_tokens: 1, cost, is_cost_partial: cost === null,
  user_id: null, user_name: null, user_email: null, bot_id: null, bot_name: null,
});

describe('days', () => {
  it('go over the ends of months and years, and over changes of the clock', () => {
    expect(addDays('2026-02-28', 1)).toBe('2026-03-01');
    expect(addDays('2026-01-01', -1)).toBe('2025-12-31');
    expect(dayCount('2026-03-28', '2026-03-30')).toBe(3);
    expect(lastDays(30, Date.parse('2026-03-02T23:59:59Z'))).toEqual({ from: '2026-02-01', to: '2026-03-02' });
  });

  it.each(['2026-02-30', '2026-13-01', '26-01-01', '', 'today', 20260101, null])('%s is none', (text) => {
    expect(isDay(text)).toBe(false);
  });

  it('are asked for in a range that the service answers for', () => {
    expect(isRange('2025-03-02', '2026-03-02')).toBe(true);
    expect(isRange('2025-03-01', '2026-03-02')).toBe(false);
    expect(isRange('2026-03-02', '2026-03-02')).toBe(true);
    expect(isRange('2026-03-03', '2026-03-02')).toBe(false);
  });

  it('have a bar each, or share it by sevens where they are many', () => {
    expect(bars({ from: '2026-01-01', to: '2026-01-30' })).toHaveLength(30);
    const weeks = bars({ from: '2026-01-01', to: '2026-03-31' });
    expect(weeks).toHaveLength(13);
    expect([weeks[0], weeks[1], weeks.at(-1)]).toEqual([
      { from: '2026-01-01', to: '2026-01-06' },
      { from: '2026-01-07', to: '2026-01-13' },
      { from: '2026-03-25', to: '2026-03-31' },
    ]);
    expect(weeks.reduce((sum, week) => sum + dayCount(week.from, week.to), 0)).toBe(90);
  });
});

describe('series', () => {
  const range = { from: '2026-03-01', to: '2026-03-03' };

  it('has a value for each day and model, most first', () => {
    const { lines } = series([row('2026-03-01', 'a', 9), row('2026-03-03', 'b', 49), row('2026-03-03', 'a', 19)], range, 'tokens');
    expect(lines).toEqual([
      { model: 'b', values: [0, 0, 50], total: 50 },
      { model: 'a', values: [10, 0, 20], total: 30 },
    ]);
  });

  it('leaves out what has nothing of the metric, and days out of range', () => {
    const rows = [row('2026-03-01', 'a', 9, 0.5), row('2026-03-01', 'b', 9), row('2026-02-28', 'a', 9, 3)];
    expect(series(rows, range, 'cost').lines).toEqual([{ model: 'a', values: [0.5, 0, 0], total: 0.5 }]);
    expect(series(rows, range, 'answers').lines).toHaveLength(2);
  });

  it('adds models up that have no colour', () => {
    const rows = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map((model, index) => row('2026-03-02', model, 100 - index));
    const { lines } = series(rows, range, 'tokens');
    expect(lines.map((line) => line.model)).toEqual(['a', 'b', 'c', 'd', 'e', null]);
    expect(lines.at(-1)).toEqual({ model: null, values: [0, 96 + 95, 0], total: 96 + 95 });
  });

  it('puts each day into the week that it is of', () => {
    const long = { from: '2026-01-01', to: '2026-03-31' };
    const days = ['2026-01-01', '2026-01-06', '2026-01-07', '2026-01-13', '2026-01-14', '2026-03-31'];
    const [line] = series(days.map((day) => row(day, 'a', 1)), long, 'answers').lines;
    expect([line?.values[0], line?.values[1], line?.values[2], line?.values.at(-1)]).toEqual([2, 2, 1, 1]);
  });
});

it.each([
  [0, 1, [0, 1]],
  [1, 1, [0, 1]],
  [3, 1, [0, 1, 2, 3]],
  [7, 1, [0, 2, 4, 6, 8]],
  [100, 1, [0, 50, 100]],
  [1234, 1, [0, 500, 1000, 1500]],
  [0.013, 0, [0, 0.005, 0.01, 0.015]],
])('the axis up to %d has round numbers', (max, least, expected) => {
  const found = ticks(max, least);
  expect(found).toHaveLength(expected.length);
  found.forEach((tick, index) => { expect(tick).toBeCloseTo(expected[index] ?? NaN, 9); });
});

it('writes the first and the last day, and some in between', () => {
  expect([...labelled(30, 4)]).toEqual([0, 10, 19, 29]);
  expect([...labelled(3, 4)]).toEqual([0, 1, 2]);
  expect([...labelled(1, 4)]).toEqual([0]);
});
