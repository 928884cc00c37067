import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Choice } from '@/components/ui/choice';
import { control } from '@/components/ui/field';
import { isRange, lastDays, MAX_DAYS, type Range, today } from '@/features/usage/days';
import { cn } from '@/lib/cn';

const LENGTHS = [7, 30, 90] as const;
const ENDS = ['from', 'to'] as const;

const lengthOf = (range: Range) => LENGTHS.find((length) => {
  const last = lastDays(length);
  return last.from === range.from && last.to === range.to;
});

/** The days that usage is shown of: the last few, or any two. */
export function RangePicker({ range, onChange }: { range: Range; onChange: (range: Range) => void }) {
  const { t } = useTranslation('admin');
  const [draft, setDraft] = useState(range);
  const [shown, setShown] = useState(range);
  // Chosen elsewhere, such as with the browser's way back.
  if (shown !== range && (shown.from !== range.from || shown.to !== range.to)) {
    setShown(range);
    setDraft(range);
  }
  const id = useId();
  const isWrong = !isRange(draft.from, draft.to);
  const change = (part: Partial<Range>) => {
    const next = { ...draft, ...part };
    setDraft(next);
    if (isRange(next.from, next.to)) onChange(next);
  };
  const length = lengthOf(range);
  return (
    <div>
      <div className="flex flex-wrap items-center gap-3">
        <Choice label={t('range.label')} value={length ? `${length}` : null} onChange={(value) => { onChange(lastDays(Number(value))); }} options={LENGTHS.map((count) => ({ value: `${count}`, label: t('range.days', { count }) }))} />
        <div role="group" aria-label={t('range.label')} aria-describedby={`${id}-note`} className="flex flex-wrap items-center gap-2 text-sm text-ink-soft">
          {ENDS.map((end) => (
            <label key={end} className="flex items-center gap-2">
              <span className="max-sm:w-10">{t(`range.${end}`)}</span>
              <input type="date" required value={draft[end]} max={today()} aria-invalid={isWrong} onChange={(event) => { change({ [end]: event.target.value }); }} className={cn(control, 'h-9 w-36 px-2.5 text-sm')} />
            </label>
          ))}
        </div>
      </div>
      <p id={`${id}-note`} className={cn('mt-2 text-xs', isWrong ? 'text-danger' : 'text-ink-faint')} aria-live="polite">{isWrong ? t('range.wrong', { count: MAX_DAYS }) : t('utc', { ns: 'usage' })}</p>
    </div>
  );
}
