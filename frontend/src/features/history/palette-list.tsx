import { useTranslation } from 'react-i18next';
import type { Option, Section } from '@/features/history/use-palette';
import { cn } from '@/lib/cn';

interface Props {
  id: string;
  sections: Section[];
  /** The place of the chosen one among all. */
  active: number;
  onChoose: (at: number) => void;
  onRun: (at: number) => void;
}

export function PaletteList({ id, sections, active, onChoose, onRun }: Props) {
  const { t } = useTranslation('history');
  // The place of each section's first among all.
  const starts = sections.map((_, at) => sections.slice(0, at).reduce((sum, { options }) => sum + options.length, 0));
  return (
    <div role="listbox" id={`${id}-list`} aria-label={t('results')} className="min-h-0 overflow-y-auto p-2 empty:hidden">
      {sections.map(({ kind, options }, section) => (
        <div key={kind} role="group" aria-labelledby={`${id}-${kind}`} className="mb-2 last:mb-0">
          <div id={`${id}-${kind}`} role="presentation" className="px-3 py-1.5 text-xs font-medium text-ink-faint">{t(`section.${kind}`)}</div>
          {options.map((option, place) => {
            const at = (starts[section] ?? 0) + place;
            return <Row key={option.id} id={`${id}-${at}`} option={option} isActive={at === active} onChoose={() => { onChoose(at); }} onRun={() => { onRun(at); }} />;
          })}
        </div>
      ))}
    </div>
  );
}

interface RowProps {
  id: string;
  option: Option;
  isActive: boolean;
  onChoose: () => void;
  onRun: () => void;
}

/** Keeps the chosen one in sight. */
const show = (element: HTMLElement | null) => { element?.scrollIntoView({ block: 'nearest' }); };

const Row = ({ id, option: { icon: Icon, label, hint, snippet }, isActive, onChoose, onRun }: RowProps) => (
  <div
    ref={isActive ? show : undefined}
    id={id}
    role="option"
    aria-selected={isActive}
    onPointerMove={onChoose}
    // The focus stays in the field.
    onPointerDown={(event) => { event.preventDefault(); }}
    onClick={onRun}
    className={cn('flex cursor-pointer scroll-m-2 items-start gap-3 rounded-xl px-3 py-2.5 text-sm', isActive && 'bg-raised')}
  >
    <Icon className="mt-0.5 size-4 shrink-0 text-ink-faint" aria-hidden />
    <span className="min-w-0 flex-1">
      <span dir="auto" className="block truncate font-medium">{label}</span>
      {snippet && (
        <span dir="auto" className="line-clamp-2 text-[0.8125rem] leading-5 text-ink-soft">
          {snippet.map((part, index) => (part.is_match ? <mark key={index} className="rounded-sm bg-mango-wash font-medium text-mango-ink">{part.text}</mark> : part.text))}
        </span>
      )}
    </span>
    {hint && <span className="mt-0.5 shrink-0 text-xs text-ink-soft">{hint}</span>}
  </div>
);
