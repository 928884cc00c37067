import { useTranslation } from 'react-i18next';
import { LanguagePicker, ThemePicker } from '@/components/preference-pickers';
import { Section } from '@/features/settings/section';

/** Kept in this browser. */
export function Appearance() {
  const { t } = useTranslation('settings');
  return (
    <Section title={t('appearance.title')} lead={t('appearance.lead')}>
      <div className="space-y-1.5">
        <p aria-hidden className="text-sm font-medium">{t('theme.label')}</p>
        <ThemePicker named />
      </div>
      <div className="max-w-xs space-y-1.5">
        <label htmlFor="language" className="block text-sm font-medium">{t('language.label')}</label>
        <LanguagePicker id="language" />
      </div>
    </Section>
  );
}
