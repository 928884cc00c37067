import { ArrowDown, ArrowUp, Plus, X } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/components/ui/button';
import { Input } from '@/components/ui/field';
import { move } from '@/features/bots/editor/draft';
import { isComposing } from '@/lib/is-composing';

const MOST = 6;

/** The questions that a bot offers, in their order: with buttons, or Alt and the arrow keys. */
export function Starters({ value, onChange }: { value: string[]; onChange: (value: string[]) => void }) {
  const { t } = useTranslation('editor');
  const id = useId();
  const list = useRef<HTMLOListElement>(null);
  const add = useRef<HTMLButtonElement>(null);
  /** Where the focus goes when the list is as it was changed. */
  const [focus, setFocus] = useState<{ place: number; by?: 'up' | 'down' } | null>(null);
  const [said, setSaid] = useState('');

  useEffect(() => {
    if (focus === null) return;
    const row = list.current?.children[focus.place];
    const button = focus.by && row?.querySelector<HTMLElement>(`[data-by=${focus.by}]:not(:disabled)`);
    (button ?? row?.querySelector('input') ?? add.current)?.focus();
    // eslint-disable-next-line react-hooks/set-state-in-effect -- it has gone there: once
    setFocus(null);
  }, [focus]);

  const shift = (from: number, to: number, by?: 'up' | 'down') => {
    const moved = move(value, from, to);
    if (moved === value) return;
    onChange(moved);
    setFocus(by ? { place: to, by } : { place: to });
    setSaid(t('starters.moved', { place: to + 1 }));
  };
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    if (isComposing(event.nativeEvent)) return;
    if (event.key === 'Enter') {
      // Enter would save the bot.
      event.preventDefault();
      if (value[index]?.trim() === '' || value.length === MOST) return;
      onChange(value.toSpliced(index + 1, 0, ''));
      setFocus({ place: index + 1 });
    } else if (event.altKey && (event.key === 'ArrowUp' || event.key === 'ArrowDown')) {
      event.preventDefault();
      const to = index + (event.key === 'ArrowUp' ? -1 : 1);
      shift(index, to);
    }
  };
  const remove = (index: number) => {
    onChange(value.toSpliced(index, 1));
    setSaid(t('starters.removed'));
    setFocus({ place: Math.min(index, value.length - 2) });
  };

  return (
    <div role="group" aria-labelledby={`${id}-label`} aria-describedby={`${id}-hint`} className="space-y-2.5">
      <div>
        <p id={`${id}-label`} className="text-sm font-medium">{t('starters.label')}</p>
        <p id={`${id}-hint`} className="mt-0.5 text-[0.8125rem] leading-5 text-ink-faint">{t('starters.hint')}</p>
      </div>
      {value.length > 0 && (
        <ol ref={list} className="space-y-2">
          {value.map((starter, index) => (
            // By its place: a starter has nothing else that stays the same while it is typed.
            <li key={index} className="flex items-center gap-0.5">
              <Input
                aria-label={t('starters.one', { place: index + 1 })}
                placeholder={t('starters.placeholder')}
                maxLength={200}
                value={starter}
                onChange={(event) => { onChange(value.with(index, event.target.value)); }}
                onKeyDown={(event) => { onKeyDown(event, index); }}
              />
              <Button variant="ghost" size="icon" className="size-8" disabled={index === 0} data-by="up" aria-label={t('starters.up', { place: index + 1 })} onClick={() => { shift(index, index - 1, 'up'); }}><ArrowUp /></Button>
              <Button variant="ghost" size="icon" className="size-8" disabled={index === value.length - 1} data-by="down" aria-label={t('starters.down', { place: index + 1 })} onClick={() => { shift(index, index + 1, 'down'); }}><ArrowDown /></Button>
              <Button variant="ghost" size="icon" className="-me-1.5 size-8" aria-label={t('starters.remove', { place: index + 1 })} onClick={() => { remove(index); }}><X /></Button>
            </li>
          ))}
        </ol>
      )}
      <Button ref={add} variant="secondary" size="sm" disabled={value.length >= MOST} onClick={() => { onChange([...value, '']); setFocus({ place: value.length }); }}><Plus /> {t('starters.add')}</Button>
      <p role="status" className="sr-only">{said}</p>
    </div>
  );
}
