import { afterEach, describe, expect, it, vi } from 'vitest';
import { LANGUAGES, resolveLanguage, resolveLocale } from '@/lib/language';

describe('resolveLanguage', () => {
  it.each([
    ['the chosen one', 'ja', ['de'], 'ja'],
    ['the first of the browser that is known', 'system', ['fr-FR', 'es-419', 'de'], 'es'],
    ['one whose tag is in capitals', 'system', ['AR-eg'], 'ar'],
    ['English for a browser of other languages', 'system', ['fr', 'tlh'], 'en'],
    ['English for a browser of none', 'system', [], 'en'],
  ] as const)('is %s', (_, choice, wanted, expected) => {
    expect(resolveLanguage(choice, wanted)).toBe(expected);
  });
});

it('writes numbers and dates as in the country of the user, where that is known', () => {
  expect(resolveLocale('en', ['de-CH', 'en-GB', 'en-US'])).toBe('en-GB');
  expect(resolveLocale('de', ['en-GB'])).toBe('de');
});

describe('public/preferences.js', () => {
  const script = Object.values(import.meta.glob<string>('/public/preferences.js', { query: '?raw', import: 'default', eager: true }))[0] ?? '';
  const root = document.documentElement;
  const run = (stored: unknown, languages: string[]) => {
    vi.stubGlobal('localStorage', { getItem: () => JSON.stringify(stored) });
    vi.stubGlobal('navigator', { languages });
    vi.stubGlobal('matchMedia', () => ({ matches: false }));
    // As the page runs it.
    new Function(script)();
  };
  afterEach(() => {
    vi.unstubAllGlobals();
    root.className = '';
    Object.assign(root, { lang: 'en', dir: 'ltr' });
  });

  it.each(['system', 'fr', ...LANGUAGES])('takes the language that the page then takes, for %s', (language) => {
    for (const wanted of [[], ['fr'], ['en-GB', 'de'], ['fr', 'ar-EG', 'en'], ['ES-419'], ['ja-JP']]) {
      run({ state: { language } }, wanted);
      const choice = LANGUAGES.find((known) => known === language) ?? 'system';
      expect(root.lang).toBe(resolveLanguage(choice, wanted));
      expect(root.dir).toBe(root.lang === 'ar' ? 'rtl' : 'ltr');
    }
  });

  it('starts without anything stored, and knows the theme', () => {
    run(null, ['de']);
    expect([root.lang, root.className]).toEqual(['de', '']);
    run({ state: { theme: 'dark' } }, ['de']);
    expect([root.lang, root.className]).toEqual(['de', 'dark']);
  });
});
