import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '@/components/avatar';
import { optionId, type Suggestion } from '@/features/chat/use-suggestions';
import { cn } from '@/lib/cn';

interface Props {
  id: string;
  label: string;
  suggestions: Suggestion[];
  /** The one that Enter picks. */
  active: number;
  onHover: (index: number) => void;
}

/** What may be picked, above the text that asks for it; the focus stays in the text. */
export default function SuggestionList({ id, label, suggestions, active, onHover }: Props) {
  const { t } = useTranslation('chat');
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => { list.current?.children[active]?.scrollIntoView({ block: 'nearest' }); }, [active]);
  return (
    <div className="absolute inset-x-0 bottom-full z-20 mb-2 animate-rise overflow-hidden rounded-2xl border border-line bg-surface shadow-lift">
      <p className="px-4 pt-2.5 pb-1 text-xs font-medium text-ink-faint" aria-hidden>{label}</p>
      {suggestions.length === 0 && <p role="status" className="px-4 pb-3 text-sm text-ink-soft">{t('suggest.none')}</p>}
      <ul ref={list} id={id} role="listbox" aria-label={label} className="max-h-64 overflow-y-auto px-1.5 pb-1.5">
        {suggestions.map(({ key, name, bot, pick }, index) => (
          <li
            key={key}
            id={optionId(id, index)}
            role="option"
            aria-selected={index === active}
            onPointerMove={() => { onHover(index); }}
            // The text keeps the focus.
            onPointerDown={(event) => { event.preventDefault(); }}
            onClick={pick}
            className={cn('flex cursor-pointer items-center gap-2.5 rounded-lg px-2.5 py-2 text-sm', index === active && 'bg-raised')}
          >
            {bot && <Avatar name={name} icon={bot.icon} className="size-6 rounded-md text-[0.625rem]" />}
            <span dir="auto" className="min-w-0 flex-1 truncate">{name}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
