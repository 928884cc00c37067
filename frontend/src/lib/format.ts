const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });
const date = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const steps: [Intl.RelativeTimeFormatUnit, number][] = [['minute', 60], ['hour', 3600], ['day', 86_400]];

/** `5 min. ago`, `yesterday`; a date if it is more than a week ago. */
export function ago(iso: string, now = Date.now()): string {
  const seconds = (now - Date.parse(iso)) / 1000;
  if (seconds < 60) return 'just now';
  if (seconds > 7 * 86_400) return date.format(new Date(iso));
  const [unit, length] = steps.findLast(([, length]) => seconds >= length) ?? ['minute', 60];
  return relative.format(-Math.floor(seconds / length), unit);
}

/** `1 passage`, `2 passages`. */
export const count = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString()} ${n === 1 ? one : many}`;

/** `340 B`, `12 kB`, `4.5 MB`. */
export function fileSize(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB'];
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1);
  return `${(bytes / 1000 ** power).toLocaleString(undefined, { maximumFractionDigits: power > 1 ? 1 : 0 })} ${units[power]}`;
}

/** A similarity, −1 to 1, as a percentage. */
export const percent = (share: number) => `${Math.round(Math.max(0, share) * 100)}%`;
