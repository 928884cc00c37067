import { Link, useNavigate, useRouterState } from '@tanstack/react-router';
import { Menu as MenuIcon, Search } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BRAND, Logo } from '@/components/logo';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { sayMissing } from '@/components/ui/on-demand';
import { Sidebar } from '@/features/shell/sidebar';
import { lazyModule } from '@/lib/lazy-module';
import { useShortcuts } from '@/lib/shortcuts';
import { toasts } from '@/lib/toasts';

const loadToaster = () => import('@/components/ui/toaster');
const usePalette = lazyModule(() => import('@/features/history/palette'));
const useKeys = lazyModule(() => import('@/features/shell/keys'));
const useToaster = lazyModule(loadToaster);
/** What tells of errors must be there before the connection is gone, and not before the page is. */
const TOASTER_MS = 10_000;

/** The frame of all pages behind the sign-in: a sidebar, which is a drawer on a phone, and what keys open from anywhere. */
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation('shell');
  const path = useRouterState({ select: (state) => state.location.href });
  const navigate = useNavigate();
  const [drawerAt, setDrawerAt] = useState<string | null>(null);
  const [shown, setShown] = useState<'search' | 'keys' | null>(null);
  if (drawerAt !== null && drawerAt !== path) setDrawerAt(null);

  const show = (what: 'search' | 'keys') => {
    setDrawerAt(null);
    // The drawer first gives the focus to what is still there when this closes.
    if (drawerAt === path) setTimeout(() => { setShown(what); }, 50);
    else setShown(what);
  };
  const close = () => { setShown(null); };
  const miss = () => {
    close();
    sayMissing();
  };
  const Palette = usePalette(shown === 'search', miss)?.default;
  const Keys = useKeys(shown === 'keys', miss)?.default;
  // Each is a new reason to try.
  const newest = toasts.use().at(-1);
  const Toaster = useToaster(newest?.id ?? 0)?.default;
  useEffect(() => {
    const timer = setTimeout(() => { loadToaster().catch(() => undefined); }, TOASTER_MS);
    return () => { clearTimeout(timer); };
  }, []);
  useShortcuts([
    { key: 'k', run: () => { if (shown === 'search') close(); else show('search'); } },
    { key: '/', run: () => { if (shown === 'keys') close(); else show('keys'); } },
    {
      key: 'o',
      shift: true,
      run: () => {
        close();
        void navigate({ to: '/chat/{-$chatId}', params: { chatId: undefined } });
      },
    },
  ]);
  const sidebar = <Sidebar onSearch={() => { show('search'); }} onKeys={() => { show('keys'); }} />;
  return (
    <div className="flex h-dvh">
      <a href="#main" className="fixed start-2 top-2 z-50 -translate-y-20 rounded-lg bg-mango px-4 py-2 text-sm font-medium text-on-mango focus:translate-y-0">{t('skip')}</a>
      <aside className="w-72 shrink-0 border-e border-line bg-sidebar max-lg:hidden">{sidebar}</aside>
      {/* Going to another page closes it, also to the one that is there. */}
      <Dialog side="start" title={t('menu')} open={drawerAt === path} onOpenChange={(isOpen) => { setDrawerAt(isOpen ? path : null); }}>
        {/* A double click on a chat renames it, where it is. */}
        <div className="contents" onClick={({ target, ctrlKey, metaKey, shiftKey }) => { if (target instanceof Element && target.closest('a:not(li a)') && !ctrlKey && !metaKey && !shiftKey) setDrawerAt(null); }}>{sidebar}</div>
      </Dialog>
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line px-3 lg:hidden">
          <Button variant="ghost" size="icon" aria-label={t('menu')} onClick={() => { setDrawerAt(path); }}><MenuIcon className="size-5!" /></Button>
          <Link to="/" className="flex items-center gap-2 font-semibold tracking-tight"><Logo className="size-6" /> {BRAND}</Link>
          <Button variant="ghost" size="icon" className="ms-auto" aria-label={t('search')} onClick={() => { show('search'); }}><Search className="size-5!" /></Button>
        </header>
        <main id="main" tabIndex={-1} className="min-h-0 flex-1 focus:outline-none">{children}</main>
      </div>
      {shown === 'search' && Palette && <Palette onClose={close} onKeys={() => { show('keys'); }} />}
      {shown === 'keys' && Keys && <Keys onClose={close} />}
      {newest && Toaster && <Toaster />}
    </div>
  );
}
