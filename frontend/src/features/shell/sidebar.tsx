import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { BookOpen, Bot, House, Keyboard, LogOut, MessageSquarePlus, Search, Settings, ShieldCheck, Store } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '@/components/avatar';
import { BRAND, Logo } from '@/components/logo';
import { Button } from '@/components/ui/button';
import { Menu, MenuItem, MenuLine } from '@/components/ui/menu';
import { meQuery } from '@/features/auth/api';
import { signOut } from '@/features/auth/session';
import { HistoryList } from '@/features/history/history-list';
import { keyNames } from '@/features/shell/key-names';

const pages = [
  { to: '/', label: 'dashboard', icon: House },
  { to: '/bots', label: 'bots', icon: Bot },
  { to: '/knowledge', label: 'knowledge', icon: BookOpen },
  { to: '/marketplace', label: 'marketplace', icon: Store },
] as const;
/** Also for administrators. */
const adminPage = { to: '/admin', label: 'admin', icon: ShieldCheck } as const;

const searchKeys = ['mod', 'K'];

interface Props {
  onSearch: () => void;
  onKeys: () => void;
}

export function Sidebar({ onSearch, onKeys }: Props) {
  const { t } = useTranslation('shell');
  const me = useQuery(meQuery);
  return (
    <div className="flex h-full min-h-0 flex-col">
      <Link to="/" className="mx-3 mt-4 mb-4 flex items-center gap-2.5 rounded-lg px-2 py-1 text-lg font-semibold tracking-tight">
        <Logo /> {BRAND}
      </Link>
      <div className="px-3">
        <Button asChild className="w-full">
          <Link to="/chat/{-$chatId}" params={{ chatId: undefined }}><MessageSquarePlus /> {t('newChat')}</Link>
        </Button>
        <Button variant="secondary" className="mt-2 w-full justify-start px-3 font-normal text-ink-soft" aria-keyshortcuts="Control+K Meta+K" onClick={onSearch}>
          <Search /> {t('search')}
          <kbd aria-hidden dir="ltr" className="ms-auto font-sans text-xs text-ink-faint pointer-coarse:hidden">{keyNames(searchKeys, t).join(' ')}</kbd>
        </Button>
      </div>
      <nav aria-label={t('pages')} className="mt-4 mb-5 space-y-0.5 px-3">
        {[...pages, ...(me.data?.role === 'admin' ? [adminPage] : [])].map(({ to, label, icon: Icon }) => (
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
      <h2 className="sr-only">{t('chats')}</h2>
      <HistoryList />
      <UserMenu onKeys={onKeys} />
    </div>
  );
}

function UserMenu({ onKeys }: { onKeys: () => void }) {
  const { t } = useTranslation('shell');
  const me = useQuery(meQuery);
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
        <MenuItem asChild><Link to="/settings"><Settings /> {t('settings')}</Link></MenuItem>
        <MenuItem onSelect={onKeys}><Keyboard /> {t('keys.title')}</MenuItem>
        <MenuLine />
        <MenuItem onSelect={() => { void signOut(); }}><LogOut className="rtl:-scale-x-100" /> {t('signOut')}</MenuItem>
      </Menu>
    </div>
  );
}
