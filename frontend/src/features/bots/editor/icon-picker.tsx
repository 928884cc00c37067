import { Popover, ToggleGroup } from 'radix-ui';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '@/components/avatar';
import { Button } from '@/components/ui/button';
import { Field, Input } from '@/components/ui/field';
import { isOneSign } from '@/features/bots/editor/draft';
import { isComposing } from '@/lib/is-composing';

const signs = '🥭 🤖 💡 📚 🎓 🔬 🧪 🧮 📈 💼 🏢 🏦 ⚖️ 🛡️ 🔒 🛠️ 🧰 💻 🗂️ 📝 ✍️ 🌍 🗣️ 🎨 🎬 🎧 📷 🚀 🚢 🚆 🌱 🌦️ 🍳 🩺 🧘 🏆 🎯 🧩 🐙 🦉'.split(' ');

/** What stands for a bot: one of some emoji, or any that is typed. */
export function IconPicker({ name, value, onChange }: { name: string; value: string | null; onChange: (value: string | null) => void }) {
  const { t } = useTranslation('editor');
  const [typed, setTyped] = useState('');
  const [isOpen, setOpen] = useState(false);
  const isWrong = typed !== '' && !isOneSign(typed);
  const choose = (icon: string | null) => {
    onChange(icon);
    setTyped('');
    setOpen(false);
  };
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger asChild>
        <button type="button" aria-label={value ? t('icon.change', { icon: value }) : t('icon.choose')} className="rounded-2xl transition-opacity hover:opacity-80">
          <Avatar name={name} icon={value} className="size-14 rounded-2xl text-lg" />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content side="bottom" align="start" sideOffset={8} collisionPadding={12} aria-label={t('icon.choose')} className="z-50 w-[min(21rem,calc(100vw-1.5rem))] animate-rise space-y-4 rounded-2xl border border-line bg-surface p-4 shadow-lift">
          <ToggleGroup.Root type="single" value={value ?? ''} onValueChange={(icon) => { if (icon) choose(icon); }} aria-label={t('icon.some')} className="grid grid-cols-8 gap-1">
            {signs.map((sign) => (
              <ToggleGroup.Item key={sign} value={sign} className="grid aspect-square place-items-center rounded-lg text-xl hover:bg-raised data-[state=on]:bg-mango-wash data-[state=on]:ring-1 data-[state=on]:ring-mango-strong">{sign}</ToggleGroup.Item>
            ))}
          </ToggleGroup.Root>
          {/* Not a form: it stands within one. */}
          <div className="flex items-end gap-2">
            <Field label={t('icon.other')} error={isWrong ? t('icon.wrong') : undefined} className="flex-1">
              {(control) => (
                <Input
                  {...control}
                  value={typed}
                  maxLength={32}
                  onChange={(event) => { setTyped(event.target.value.trim()); }}
                  onKeyDown={(event) => {
                    if (event.key !== 'Enter' || isComposing(event.nativeEvent)) return;
                    event.preventDefault();
                    if (isOneSign(typed)) choose(typed);
                  }}
                />
              )}
            </Field>
            <Button variant="secondary" disabled={!isOneSign(typed)} onClick={() => { choose(typed); }} className={isWrong ? 'mb-6.5' : undefined}>{t('icon.take')}</Button>
          </div>
          {value && <Button variant="ghost" size="sm" onClick={() => { choose(null); }}>{t('icon.none')}</Button>}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
