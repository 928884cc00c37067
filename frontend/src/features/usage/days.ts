/** Days as the service counts them, in UTC: `2026-03-12`. They sort as text. */

const DAY_MS = 86_400_000;

export const today = (now = Date.now()) => new Date(now).toISOString().slice(0, 10);

export const addDays = (day: string, count: number) => new Date(Date.parse(day) + count * DAY_MS).toISOString().slice(0, 10);

/** How many days there are from the first to the last. */
export const dayCount = (from: string, to: string) => Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;

/** From the first to the last, both of them included. */
export interface Range {
  from: string;
  to: string;
}

/** The longest range that the service gives at once. */
export const MAX_DAYS = 366;

/** The last so many days, today's with them. */
export const lastDays = (count: number, now = Date.now()): Range => ({ from: addDays(today(now), 1 - count), to: today(now) });

/** Whether somebody has written a day that there is. */
export const isDay = (text: unknown): text is string =>
  typeof text === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(Date.parse(text)) && addDays(text, 0) === text;

/** Whether the service would answer for these days. */
export function isRange(from: unknown, to: unknown): boolean {
  if (!isDay(from) || !isDay(to) || from < '1970') return false;
  const count = dayCount(from, to);
  return count >= 1 && count <= MAX_DAYS;
}

/** Days that share a bar: one each, or seven where there would be too many, the last of them whole. */
export function bars({ from, to }: Range): Range[] {
  const count = dayCount(from, to);
  if (count <= 62) return Array.from({ length: count }, (_, index) => ({ from: addDays(from, index), to: addDays(from, index) }));
  const weeks: Range[] = [];
  for (let end = to; end >= from; end = addDays(end, -7)) {
    const start = addDays(end, -6);
    weeks.unshift({ from: start < from ? from : start, to: end });
  }
  return weeks;
}
