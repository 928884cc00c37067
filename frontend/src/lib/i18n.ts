import i18n, { type BackendModule } from 'i18next';
import { initReactI18next } from 'react-i18next';
import { number } from '@/lib/format';
import { LANGUAGES, resolveLanguage } from '@/lib/language';
import { usePreferences } from '@/lib/preferences';

/** A file a language and domain, each fetched when something is said from it. */
const files = import.meta.glob<Record<string, unknown>>('/src/locales/*/*.json', { import: 'default' });

const backend: BackendModule = {
  type: 'backend',
  init: () => undefined,
  read: (language, namespace, done) => {
    const load = files[`/src/locales/${language}/${namespace}.json`];
    if (!load) done(new Error(`there are no messages ${language}/${namespace}`), false);
    // It is tried again: the connection may be back.
    else load().then((messages) => { done(null, messages); }, (error: Error) => { done(error, true); });
  },
};

/** Keeps a name in another script together, and what stands around it in its place. React does the escaping. */
const isolate = (text: string) => (i18n.dir() === 'rtl' ? `\u2068${text}\u2069` : text);

/** The language that was chosen, or the browser's. */
const wanted = () => resolveLanguage(usePreferences.getState().language, navigator.languages);

/** Gets the messages of `common` and of these domains; further ones come as components ask for them. */
export async function startI18n(domains: string[] = []) {
  await i18n.use(backend).use(initReactI18next).init({
    lng: wanted(),
    // All are complete, so no second one is fetched.
    fallbackLng: false,
    supportedLngs: LANGUAGES,
    ns: ['common', ...domains],
    defaultNS: 'common',
    fallbackNS: 'common',
    interpolation: { escape: isolate },
  });
  // i18next's own goes by the language alone.
  i18n.services.formatter?.add('number', (value: number) => number(value));
}

/** Speaks another language as soon as it is chosen, or the browser's change. */
export function followLanguage() {
  const follow = async () => {
    const language = wanted();
    if (language === i18n.language) return;
    await i18n.loadLanguages(language);
    // Better the language before than none, if its messages could not be fetched.
    if (language === wanted() && i18n.hasResourceBundle(language, 'common')) await i18n.changeLanguage(language);
  };
  // `public/preferences.js` has done this for the first paint.
  i18n.on('languageChanged', (language) => { Object.assign(document.documentElement, { lang: language, dir: i18n.dir(language) }); });
  usePreferences.subscribe(() => void follow());
  addEventListener('languagechange', () => void follow());
}
