import type { UsageRow } from '@/api/types';
import { bars, dayCount, type Range } from '@/features/usage/days';

export type Metric = 'tokens' | 'answers' | 'cost';

/** What a row says of a metric; nothing if its price is not known. */
export function figure(row: Pick<UsageRow, 'answers' | 'input_tokens' | 'output_tokens' | 'cost'>, metric: Metric): number {
  if (metric === 'answers') return row.answers;
  return metric === 'tokens' ? row.input_tokens + row.output_tokens : (row.cost ?? 0);
}

/** A model's share of each bar; `null` stands for all models that have no colour of their own. */
export interface Line {
  model: string | null;
  values: number[];
  total: number;
}

/** Models with a colour of their own. */
const MOST = 5;

/** Usage by day and model as bars: the models with most first, days without an answer as nothing. */
export function series(rows: UsageRow[], range: Range, metric: Metric): { bars: Range[]; lines: Line[] } {
  const parts = bars(range);
  const first = parts[0];
  const short = first ? dayCount(first.from, first.to) : 1;
  const size = parts[1] ? dayCount(parts[1].from, parts[1].to) : 1;
  /** Only the first bar may be shorter than the others. */
  const barOf = (day: string) => {
    const place = dayCount(range.from, day) - 1;
    return place < short ? 0 : 1 + Math.floor((place - short) / size);
  };
  const byModel = new Map<string, Line>();
  for (const row of rows) {
    if (!row.day || row.day < range.from || row.day > range.to) continue;
    const model = row.model_id ?? '';
    const line = byModel.get(model) ?? { model, values: parts.map(() => 0), total: 0 };
    const value = figure(row, metric);
    line.values[barOf(row.day)] = (line.values[barOf(row.day)] ?? 0) + value;
    line.total += value;
    byModel.set(model, line);
  }
  const lines = [...byModel.values()].filter((line) => line.total > 0).sort((one, other) => other.total - one.total);
  const rest = lines.splice(MOST);
  if (rest.length > 0) {
    lines.push({
      model: null,
      values: parts.map((_, index) => rest.reduce((sum, line) => sum + (line.values[index] ?? 0), 0)),
      total: rest.reduce((sum, line) => sum + line.total, 0),
    });
  }
  return { bars: parts, lines };
}

/** Round numbers from 0 up to one that is no less than `max`: four at the most, besides 0. `least` is the smallest step. */
export function ticks(max: number, least = 0): number[] {
  if (!(max > 0)) return [0, least || 1];
  const rough = max / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(least, ([1, 2, 5].find((factor) => factor * power >= rough * 0.999_999) ?? 10) * power);
  const count = Math.ceil(max / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

/** Which of so many bars have their day written below: a few, as far apart as they can be. */
export function labelled(count: number, most: number): Set<number> {
  if (count <= most) return new Set(Array.from({ length: count }, (_, index) => index));
  return new Set(Array.from({ length: most }, (_, index) => Math.round((index * (count - 1)) / (most - 1))));
}
