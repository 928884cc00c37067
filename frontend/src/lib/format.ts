import i18n, { t } from 'i18next';
import { resolveLocale } from '@/lib/language';

const locale = () => resolveLocale(i18n.language, navigator.languages);

/** A formatter of the locale in use, made once for each: that is slow. */
function perLocale<Formatter>(make: (locale: string) => Formatter): () => Formatter {
  const made = new Map<string, Formatter>();
  return () => {
    const key = locale();
    const formatter = made.get(key) ?? make(key);
    made.set(key, formatter);
    return formatter;
  };
}

const numberFormat = (options: Intl.NumberFormatOptions = {}) => perLocale((locale) => new Intl.NumberFormat(locale, options));
const size = (unit: string, maximumFractionDigits: number) => numberFormat({ style: 'unit', unit, maximumFractionDigits });

const relative = perLocale((locale) => new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' }));
const date = perLocale((locale) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', year: 'numeric' }));
const plain = numberFormat();
const hundredths = numberFormat({ minimumFractionDigits: 2, maximumFractionDigits: 2 });
const short = numberFormat({ notation: 'compact', maximumFractionDigits: 1 });
const money = numberFormat({ style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol' });
const fine = numberFormat({ style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', maximumSignificantDigits: 2 });
const dayAndMonth = perLocale((locale) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', timeZone: 'UTC' }));
const wholeDay = perLocale((locale) => new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }));
const share = numberFormat({ style: 'percent' });
const sizes = [size('kilobyte', 0), size('megabyte', 1), size('gigabyte', 1)] as const;
const series = perLocale((locale) => new Intl.ListFormat(locale, { style: 'narrow' }));
const languages = perLocale((locale) => new Intl.DisplayNames(locale, { type: 'language' }));
const collator = perLocale((locale) => new Intl.Collator(locale));

const steps: [Intl.RelativeTimeFormatUnit, number][] = [['minute', 60], ['hour', 3600]];

/** By the user's own calendar: what was before midnight was yesterday. Days may have 23 or 25 hours. */
const daysBetween = (from: Date, to: Date) => Math.round((new Date(to).setHours(0, 0, 0, 0) - new Date(from).setHours(0, 0, 0, 0)) / 86_400_000);

/** `5 min. ago`, `yesterday`; a date if it is more than a week ago. */
export function ago(iso: string, now = Date.now()): string {
  const seconds = (now - Date.parse(iso)) / 1000;
  if (seconds < 60) return t('justNow');
  if (seconds > 7 * 86_400) return date().format(new Date(iso));
  if (seconds >= 86_400) return relative().format(-daysBetween(new Date(iso), new Date(now)), 'day');
  const [unit, length] = steps.findLast(([, length]) => seconds >= length) ?? ['minute', 60];
  return relative().format(-Math.floor(seconds / length), unit);
}

/** `5 Mar 2026`. */
export const day = (iso: string) => date().format(new Date(iso));

/** `12,500`. In a message: `{{count, number}}`. */
export const number = (value: number) => plain().format(value);

/** `12.5K`, where there is little room. */
export const compact = (value: number) => short().format(value);

/** US dollars: `$12.50`, `$0.0042` of what is less than a cent. */
export const dollars = (value: number) => (value > 0 && value < 0.01 ? fine() : money()).format(value);

/** US dollars with as many digits as the steps of an axis have: `$0.015`. */
export function dollarsInSteps(step: number): (value: number) => string {
  const digits = Math.max(2, Math.ceil(-Math.log10(step) - 1e-9));
  const format = new Intl.NumberFormat(locale(), { style: 'currency', currency: 'USD', currencyDisplay: 'narrowSymbol', minimumFractionDigits: digits, maximumFractionDigits: digits });
  return (value) => format.format(value);
}

/** A day such as `2026-03-12`: `12 Mar`. */
export const shortDay = (day: string) => dayAndMonth().format(new Date(day));

/** `12 March 2026`. */
export const longDay = (day: string) => wholeDay().format(new Date(day));

/** `1–7 Mar`. */
export const dayRange = (from: string, to: string) => dayAndMonth().formatRange(new Date(from), new Date(to));

/** A time's date: `12 Mar 2026`. */
export const dateOf = (iso: string) => date().format(new Date(iso));

/** `0.70`. */
export const twoDigits = (value: number) => hundredths().format(value);

/** `340 B`, `12 kB`, `4.5 MB`. */
export function fileSize(bytes: number): string {
  const power = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), sizes.length);
  // Intl would say `340 byte`.
  return sizes[power - 1]?.().format(bytes / 1000 ** power) ?? t('bytes', { size: bytes });
}

/** A share, such as a similarity (−1 to 1), as a percentage. */
export const percent = (value: number) => share().format(Math.max(0, value));

/** `mails, letters, minutes`; `Mails, Briefe und Protokolle`. */
export const list = (items: string[]) => series().format(items);

/** Short facts side by side, those that there are: `PDF · 2.5 MB · 3 pages`. */
export const facts = (...parts: (string | false | null | undefined)[]) => parts.filter(Boolean).join(' · ');

/** A language by its code. */
export const languageName = (code: string) => languages().of(code) ?? code;

/** Sorts as the language in use does. */
export const compare = (one: string, other: string) => collator().compare(one, other);
