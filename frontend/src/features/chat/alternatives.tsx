import { ChevronLeft, ChevronRight } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { number } from '@/lib/format';

interface Props {
  /** The messages that could stand here, oldest first. */
  ids: string[];
  shown: string;
  disabled?: boolean;
  onShow: (id: string) => void;
}

/** ‹2/3›: which of several messages is shown, and the way to the others. */
export function Alternatives({ ids, shown, disabled = false, onShow }: Props) {
  const { t } = useTranslation('chat');
  const at = ids.indexOf(shown);
  if (ids.length < 2 || at < 0) return null;
  const to = (step: number) => {
    const id = ids[at + step];
    if (id) onShow(id);
  };
  return (
    <div role="group" aria-label={t('alternatives.label')} className="flex items-center text-xs text-ink-faint tabular-nums">
      <button type="button" data-step aria-label={t('alternatives.before')} disabled={disabled || at === 0} onClick={() => { to(-1); }} className={step}>
        <ChevronLeft className="size-4 rtl:-scale-x-100" aria-hidden />
      </button>
      <span aria-hidden>{number(at + 1)}/{number(ids.length)}</span>
      <span className="sr-only">{t('alternatives.place', { number: at + 1, of: ids.length })}</span>
      <button type="button" data-step aria-label={t('alternatives.next')} disabled={disabled || at === ids.length - 1} onClick={() => { to(1); }} className={step}>
        <ChevronRight className="size-4 rtl:-scale-x-100" aria-hidden />
      </button>
    </div>
  );
}

const step = 'grid size-8 place-items-center rounded-lg hover:bg-raised hover:text-ink disabled:pointer-events-none disabled:opacity-40';
