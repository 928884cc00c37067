import { Globe, Lock, Store } from 'lucide-react';
import { useId } from 'react';
import { useTranslation } from 'react-i18next';
import type { Visibility } from '@/features/bots/editor/draft';
import { cn } from '@/lib/cn';

const choices = [['private', Lock], ['company', Globe], ['marketplace', Store]] as const;

/** Who may use a bot: one of three. */
export function VisibilityChoice({ value, onChange }: { value: Visibility; onChange: (value: Visibility) => void }) {
  const { t } = useTranslation('editor');
  const name = useId();
  return (
    <fieldset className="grid gap-2.5">
      <legend className="sr-only">{t('whoMayUse')}</legend>
      {choices.map(([choice, Icon]) => (
        <label
          key={choice}
          className={cn(
            'flex cursor-pointer items-start gap-3 rounded-xl border px-4 py-3 transition-colors has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-mango-strong',
            value === choice ? 'border-mango-strong bg-mango-wash' : 'border-line-strong hover:bg-raised',
          )}
        >
          <input type="radio" name={name} checked={value === choice} onChange={() => { onChange(choice); }} aria-describedby={`${name}-${choice}`} aria-label={t(`visibility.${choice}.title`)} className="mt-1 size-4 shrink-0 accent-mango outline-none" />
          <span className="min-w-0 flex-1">
            <span className="flex items-center gap-2 text-sm font-medium"><Icon className="size-4 text-mango-ink" aria-hidden /> {t(`visibility.${choice}.title`)}</span>
            <span id={`${name}-${choice}`} className="mt-0.5 block text-[0.8125rem] leading-5 text-ink-soft">{t(`visibility.${choice}.text`)}</span>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
