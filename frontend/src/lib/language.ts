/** The languages that the page speaks: a folder each in `src/locales`. */
export const LANGUAGES = ['en', 'es', 'de', 'ja', 'ar'] as const;

export type Language = (typeof LANGUAGES)[number];
export type LanguageChoice = Language | 'system';

/** Each by its own name, for whoever does not read the one that is shown. */
export const languageNames: Record<Language, string> = { en: 'English', es: 'Español', de: 'Deutsch', ja: '日本語', ar: 'العربية' };

/** `pt-BR` is of the language `pt`. */
const languageOf = (tag: string) => tag.toLowerCase().split('-')[0];

/** The language to speak: the chosen one, or the first of the browser's that we know, or English. */
export function resolveLanguage(choice: LanguageChoice, wanted: readonly string[]): Language {
  if (choice !== 'system') return choice;
  const known = wanted.map((tag) => LANGUAGES.find((language) => language === languageOf(tag)));
  return known.find((language) => language !== undefined) ?? 'en';
}

/** How to write dates and numbers in a language: as in the user's own country where the browser tells it, as by `en-GB`. */
export const resolveLocale = (language: string, wanted: readonly string[]) => wanted.find((tag) => languageOf(tag) === language) ?? language;
