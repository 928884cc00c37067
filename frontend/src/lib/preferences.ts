import { create } from 'zustand';
import { persist } from 'zustand/middleware';
import type { LanguageChoice } from '@/lib/language';

export type Theme = 'system' | 'light' | 'dark';

interface Preferences {
  theme: Theme;
  setTheme: (theme: Theme) => void;
  language: LanguageChoice;
  setLanguage: (language: LanguageChoice) => void;
  /** The bot that a new chat starts with. */
  lastBotId: string | null;
  setLastBotId: (id: string) => void;
}

/** Kept in the browser. `public/preferences.js` reads theme and language from there before the page is painted. */
export const usePreferences = create<Preferences>()(
  persist(
    (set) => ({
      theme: 'system',
      setTheme: (theme) => { set({ theme }); },
      language: 'system',
      setLanguage: (language) => { set({ language }); },
      lastBotId: null,
      setLastBotId: (lastBotId) => { set({ lastBotId }); },
    }),
    { name: 'mangoo-preferences' },
  ),
);

/** Applies the theme now and whenever it, or the system's, changes. */
export function followTheme() {
  const system = matchMedia('(prefers-color-scheme: dark)');
  const apply = () => {
    const { theme } = usePreferences.getState();
    document.documentElement.classList.toggle('dark', theme === 'dark' || (theme === 'system' && system.matches));
  };
  apply();
  system.addEventListener('change', apply);
  usePreferences.subscribe(apply);
}
