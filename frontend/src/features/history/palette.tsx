import { Search, X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import { type KeyboardEvent, useEffect, useEffectEvent, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '@/components/ui/button';
import { useReturnFocus } from '@/components/ui/return-focus';
import { ErrorNote } from '@/components/ui/states';
import { PaletteList } from '@/features/history/palette-list';
import { usePalette } from '@/features/history/use-palette';
import { isComposing } from '@/lib/is-composing';

interface Props {
  onClose: () => void;
  onKeys: () => void;
}

/** A search over chats, messages and pages. The focus stays in the field; arrow keys choose. */
export default function Palette({ onClose, onKeys }: Props) {
  const { t } = useTranslation('history');
  const [text, setText] = useState('');
  const { sections, options, isSearching, error } = usePalette(text.trim(), onKeys);
  const [chosen, setChosen] = useState(0);
  // Enter was pressed while the search was still under way: the first that it finds is meant.
  const [isHasty, setIsHasty] = useState(false);
  const id = useId();
  const giveBack = useReturnFocus(true);
  const active = Math.min(chosen, options.length - 1);
  const run = (at: number) => {
    const option = options[at];
    if (!option) return;
    onClose();
    option.run();
  };
  // A search that failed did not find what was meant; pages that fit by their names are something else.
  const runFirst = useEffectEvent(() => { if (error === null) run(active); });
  useEffect(() => {
    if (isHasty && !isSearching) runFirst();
  }, [isHasty, isSearching]);
  const onKeyDown = (event: KeyboardEvent) => {
    if (isComposing(event.nativeEvent)) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && options.length > 0) setChosen((active + step + options.length) % options.length);
    else if (event.key === 'Enter' && isSearching && active <= 0) setIsHasty(true);
    else if (event.key === 'Enter') run(active);
    else return;
    event.preventDefault();
  };
  const found = isSearching ? t('searching') : options.length > 0 ? t('found', { count: options.length }) : t('noMatch', { query: text.trim() });
  return (
    <Radix.Root open onOpenChange={onClose}>
      <Radix.Portal>
        <Radix.Overlay className="fixed inset-0 z-40 animate-fade bg-black/40 backdrop-blur-[2px]" />
        <Radix.Content
          aria-describedby={undefined}
          onCloseAutoFocus={giveBack}
          className="fixed inset-x-0 top-0 z-50 mx-auto flex max-h-dvh animate-fade flex-col overflow-hidden border-line bg-surface shadow-lift max-sm:h-dvh sm:inset-x-4 sm:top-[12dvh] sm:max-h-[70dvh] sm:max-w-xl sm:rounded-2xl sm:border"
        >
          <Radix.Title className="sr-only">{t('search')}</Radix.Title>
          <div className="flex items-center gap-3 border-b border-line ps-5 pe-3">
            <Search className="size-4 shrink-0 text-ink-faint" aria-hidden />
            <input
              role="combobox"
              aria-expanded={options.length > 0}
              aria-controls={`${id}-list`}
              aria-activedescendant={active >= 0 ? `${id}-${active}` : undefined}
              aria-autocomplete="list"
              aria-label={t('search')}
              placeholder={t('placeholder')}
              dir={text ? 'auto' : undefined}
              autoComplete="off"
              spellCheck={false}
              maxLength={500}
              value={text}
              onChange={(event) => {
                setText(event.target.value);
                setChosen(0);
                setIsHasty(false);
              }}
              onKeyDown={onKeyDown}
              className="h-14 min-w-0 flex-1 bg-transparent text-base outline-none"
            />
            <Radix.Close asChild><Button variant="ghost" size="icon" aria-label={t('close')}><X /></Button></Radix.Close>
          </div>
          <p role="status" className="sr-only">{text && found}</p>
          {error !== null && <ErrorNote error={error} className="m-4" />}
          {options.length === 0 && error === null && <p className="px-5 py-10 text-center text-sm text-ink-soft">{found}</p>}
          <PaletteList id={id} sections={sections} active={active} onChoose={setChosen} onRun={run} />
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
