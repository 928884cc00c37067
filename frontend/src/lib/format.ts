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

/** A similarity, −1 to 1, as a percentage. */
export const percent = (share: number) => `${Math.round(Math.max(0, share) * 100)}%`;
