import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { BookOpen, Bot, Check, House, Languages, LogOut, type LucideIcon, MessageSquarePlus, Monitor, Moon, Store, Sun } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '@/components/avatar';
import { BRAND, Logo } from '@/components/logo';
import { Button } from '@/components/ui/button';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from '@/components/ui/menu';
import { meQuery } from '@/features/auth/api';
import { signOut } from '@/features/auth/session';
import { HistoryList } from '@/features/chat/history-list';
import { LANGUAGES, languageNames } from '@/lib/language';
import { type Theme, usePreferences } from '@/lib/preferences';

const pages = [
  { to: '/', label: 'dashboard', icon: House },
  { to: '/bots', label: 'bots', icon: Bot },
  { to: '/knowledge', label: 'knowledge', icon: BookOpen },
  { to: '/marketplace', label: 'marketplace', icon: Store },
] as const;

export function Sidebar() {
  const { t } = useTranslation('shell');
  return (
    <div className="flex h-full min-h-0 flex-col">
      <Link to="/" className="mx-3 mt-4 mb-4 flex items-center gap-2.5 rounded-lg px-2 py-1 text-lg font-semibold tracking-tight">
        <Logo /> {BRAND}
      </Link>
      <div className="px-3">
        <Button asChild className="w-full">
          <Link to="/chat/{-$chatId}" params={{ chatId: undefined }}><MessageSquarePlus /> {t('newChat')}</Link>
        </Button>
      </div>
      <nav aria-label={t('pages')} className="mt-4 mb-5 space-y-0.5 px-3">
        {pages.map(({ to, label, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: to === '/' }}
            className="flex h-9 items-center gap-3 rounded-lg px-3 text-sm text-ink-soft hover:bg-raised hover:text-ink data-[status=active]:bg-raised data-[status=active]:font-medium data-[status=active]:text-ink [&_svg]:size-4 data-[status=active]:[&_svg]:text-mango-ink"
          >
            <Icon aria-hidden /> {t(label)}
          </Link>
        ))}
      </nav>
      <h2 className="px-6 pb-2 text-xs font-medium text-ink-faint">{t('chats')}</h2>
      <HistoryList />
      <UserMenu />
    </div>
  );
}

const themes: { value: Theme; icon: LucideIcon }[] = [
  { value: 'system', icon: Monitor },
  { value: 'light', icon: Sun },
  { value: 'dark', icon: Moon },
];

function UserMenu() {
  const { t } = useTranslation('shell');
  const me = useQuery(meQuery);
  const { theme, setTheme, language, setLanguage } = usePreferences();
  const name = me.data?.full_name || me.data?.email || t('you');
  return (
    <div className="border-t border-line p-3">
      <Menu
        align="start"
        side="top"
        className="max-h-(--radix-popper-available-height) w-60"
        trigger={
          <button type="button" className="flex w-full items-center gap-3 rounded-xl px-2 py-2 text-start hover:bg-raised" aria-label={t('account', { name })}>
            <Avatar name={name} className="size-8 rounded-lg text-xs" />
            <span className="min-w-0 flex-1">
              <span dir="auto" className="block truncate text-sm font-medium">{name}</span>
              {me.data?.full_name && <span dir="auto" className="block truncate text-xs text-ink-faint">{me.data.email}</span>}
            </span>
          </button>
        }
      >
        <MenuLabel>{t('theme.label')}</MenuLabel>
        {themes.map(({ value, icon: Icon }) => (
          <MenuChoice key={value} checked={theme === value} onSelect={() => { setTheme(value); }}><Icon /> {t(`theme.${value}`)}</MenuChoice>
        ))}
        <MenuLine />
        <MenuLabel>{t('language.label')}</MenuLabel>
        <MenuChoice checked={language === 'system'} onSelect={() => { setLanguage('system'); }}><Languages /> {t('language.system')}</MenuChoice>
        {LANGUAGES.map((value) => (
          <MenuChoice key={value} checked={language === value} onSelect={() => { setLanguage(value); }}>
            <Check className={language === value ? '' : 'invisible'} /> <span lang={value}>{languageNames[value]}</span>
          </MenuChoice>
        ))}
        <MenuLine />
        <MenuItem onSelect={() => { void signOut(); }}><LogOut className="rtl:-scale-x-100" /> {t('signOut')}</MenuItem>
      </Menu>
    </div>
  );
}
