import { useQuery } from '@tanstack/react-query';
import { Link, useNavigate } from '@tanstack/react-router';
import { BookOpen, Bot, House, LogOut, type LucideIcon, MessageSquarePlus, Monitor, Moon, Store, Sun } from 'lucide-react';
import { Avatar } from '@/components/avatar';
import { Logo } from '@/components/logo';
import { Button } from '@/components/ui/button';
import { Menu, MenuItem, MenuLabel, MenuLine } from '@/components/ui/menu';
import { meQuery } from '@/features/auth/api';
import { signOut } from '@/features/auth/session';
import { HistoryList } from '@/features/chat/history-list';
import { type Theme, usePreferences } from '@/lib/preferences';

const pages = [
  { to: '/', label: 'Dashboard', icon: House },
  { to: '/bots', label: 'Bots', icon: Bot },
  { to: '/knowledge', label: 'Knowledge', icon: BookOpen },
  { to: '/marketplace', label: 'Marketplace', icon: Store },
] as const;

export function Sidebar() {
  return (
    <div className="flex h-full min-h-0 flex-col">
      <Link to="/" className="mx-3 mt-4 mb-4 flex items-center gap-2.5 rounded-lg px-2 py-1 text-lg font-semibold tracking-tight">
        <Logo /> Mangoo
      </Link>
      <div className="px-3">
        <Button asChild className="w-full">
          <Link to="/chat/{-$chatId}" params={{ chatId: undefined }}><MessageSquarePlus /> New chat</Link>
        </Button>
      </div>
      <nav aria-label="Pages" className="mt-4 mb-5 space-y-0.5 px-3">
        {pages.map(({ to, label, icon: Icon }) => (
          <Link
            key={to}
            to={to}
            activeOptions={{ exact: to === '/' }}
            className="flex h-9 items-center gap-3 rounded-lg px-3 text-sm text-ink-soft hover:bg-raised hover:text-ink data-[status=active]:bg-raised data-[status=active]:font-medium data-[status=active]:text-ink [&_svg]:size-4 data-[status=active]:[&_svg]:text-mango-ink"
          >
            <Icon aria-hidden /> {label}
          </Link>
        ))}
      </nav>
      <h2 className="px-6 pb-2 text-xs font-medium text-ink-faint">Chats</h2>
      <HistoryList />
      <UserMenu />
    </div>
  );
}

const themes: { value: Theme; label: string; icon: LucideIcon }[] = [
  { value: 'system', label: 'System', icon: Monitor },
  { value: 'light', label: 'Light', icon: Sun },
  { value: 'dark', label: 'Dark', icon: Moon },
];

function UserMenu() {
  const me = useQuery(meQuery);
  const { theme, setTheme } = usePreferences();
  const navigate = useNavigate();
  const name = me.data?.full_name || me.data?.email || 'You';
  return (
    <div className="border-t border-line p-3">
      <Menu
        align="start"
        side="top"
        className="w-60"
        trigger={
          <button type="button" className="flex w-full items-center gap-3 rounded-xl px-2 py-2 text-left hover:bg-raised" aria-label={`Account and theme of ${name}`}>
            <Avatar name={name} className="size-8 rounded-lg text-xs" />
            <span className="min-w-0 flex-1">
              <span className="block truncate text-sm font-medium">{name}</span>
              {me.data?.full_name && <span className="block truncate text-xs text-ink-faint">{me.data.email}</span>}
            </span>
          </button>
        }
      >
        <MenuLabel>Theme</MenuLabel>
        {themes.map(({ value, label, icon: Icon }) => (
          <MenuItem key={value} role="menuitemradio" aria-checked={theme === value} className={theme === value ? 'bg-raised font-medium' : ''} onSelect={() => { setTheme(value); }}>
            <Icon /> {label}
          </MenuItem>
        ))}
        <MenuLine />
        <MenuItem onSelect={() => { void signOut().then(() => navigate({ to: '/sign-in' })); }}><LogOut /> Sign out</MenuItem>
      </Menu>
    </div>
  );
}
