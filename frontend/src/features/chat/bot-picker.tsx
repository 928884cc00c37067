import { Check, ChevronDown, Store } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '@/api/types';
import { Avatar } from '@/components/avatar';
import { Menu, MenuItem, MenuLabel } from '@/components/ui/menu';

interface Props {
  bots: Bot[];
  selected: Bot | undefined;
  onSelect: (bot: Bot) => void;
  userId: string | undefined;
}

/** Which bot answers. */
export function BotPicker({ bots, selected, onSelect, userId }: Props) {
  const { t } = useTranslation('chat');
  const own = bots.filter((bot) => bot.owner_id === userId);
  const others = bots.filter((bot) => bot.owner_id !== userId);
  const row = (bot: Bot) => (
    <MenuItem key={bot.id} onSelect={() => { onSelect(bot); }}>
      <Avatar name={bot.name} icon={bot.icon} className="size-7 rounded-lg text-xs" />
      <span dir="auto" className="min-w-0 flex-1 truncate">{bot.name}</span>
      {bot.id === selected?.id && <Check aria-label={t('picker.selected')} />}
    </MenuItem>
  );
  return (
    <Menu
      align="start"
      side="top"
      className="w-72"
      trigger={
        <button type="button" className="flex h-9 max-w-full items-center gap-2 rounded-lg px-2 text-sm font-medium hover:bg-raised" aria-label={selected ? t('picker.bot', { name: selected.name }) : t('picker.noBot')}>
          {selected ? <Avatar name={selected.name} icon={selected.icon} className="size-6 rounded-md text-[0.625rem]" /> : <Store className="size-4" aria-hidden />}
          <span dir="auto" className="max-w-48 truncate">{selected?.name ?? t('picker.choose')}</span>
          <ChevronDown className="size-4 text-ink-faint" aria-hidden />
        </button>
      }
    >
      {own.length > 0 && <MenuLabel>{t('picker.own')}</MenuLabel>}
      {own.map(row)}
      {others.length > 0 && <MenuLabel>{t('picker.shared')}</MenuLabel>}
      {others.map(row)}
      {bots.length === 0 && <MenuLabel>{t('picker.none')}</MenuLabel>}
    </Menu>
  );
}
