import { Monitor, Moon, Sun } from 'lucide-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import { control } from '@/components/ui/field';
import { cn } from '@/lib/cn';
import { LANGUAGES, languageNames, type LanguageChoice } from '@/lib/language';
import { usePreferences } from '@/lib/preferences';

/** The browser's own list, of languages by their own names. */
export function LanguagePicker({ id, className }: { id?: string; className?: string }) {
  const { t } = useTranslation();
  const { language, setLanguage } = usePreferences();
  return (
    <select
      id={id}
      aria-label={id ? undefined : t('language.label')}
      value={language}
      onChange={(event) => { setLanguage(event.target.value as LanguageChoice); }}
      className={cn(control, 'h-10 pe-8', className)}
    >
      <option value="system">{t('language.system')}</option>
      {LANGUAGES.map((value) => <option key={value} value={value} lang={value}>{languageNames[value]}</option>)}
    </select>
  );
}

const themes = [
  { value: 'system', icon: Monitor },
  { value: 'light', icon: Sun },
  { value: 'dark', icon: Moon },
] as const;

/** Three signs, or with `named` signs and words, of which one holds. */
export function ThemePicker({ named = false }: { named?: boolean }) {
  const { t } = useTranslation();
  const { theme, setTheme } = usePreferences();
  const name = useId();
  return (
    <fieldset className="flex w-fit gap-1 rounded-xl border border-line bg-surface p-1">
      <legend className="sr-only">{t('theme.label')}</legend>
      {themes.map(({ value, icon: Icon }) => (
        <label
          key={value}
          title={named ? undefined : t(`theme.${value}`)}
          className="flex h-8 cursor-pointer items-center gap-2 rounded-lg px-2.5 text-sm text-ink-soft hover:text-ink has-checked:bg-raised has-checked:font-medium has-checked:text-ink has-focus-visible:outline-2 has-focus-visible:outline-mango-strong [&_svg]:size-4"
        >
          <input type="radio" name={name} value={value} checked={theme === value} onChange={() => { setTheme(value); }} className="sr-only" />
          <Icon aria-hidden /> <span className={named ? undefined : 'sr-only'}>{t(`theme.${value}`)}</span>
        </label>
      ))}
    </fieldset>
  );
}
