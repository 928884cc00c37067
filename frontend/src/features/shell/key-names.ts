import type { TFunction } from 'i18next';
import { isMac } from '@/lib/shortcuts';

const signs: Record<string, string> = { mod: '⌘', shift: '⇧', enter: '↩', esc: '⎋', delete: '⌦' };

/** Keys by what is written on them: on a Mac signs, elsewhere words of the language. */
export function keyNames(keys: readonly string[], t: TFunction<'shell'>): string[] {
  const words: Record<string, string> = { mod: t('keys.ctrl'), shift: t('keys.shift'), enter: t('keys.enter'), esc: t('keys.esc'), delete: t('keys.del') };
  return keys.map((key) => (isMac() ? signs[key] : undefined) ?? words[key] ?? key);
}
