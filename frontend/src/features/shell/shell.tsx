import { Link, useRouterState } from '@tanstack/react-router';
import { Menu as MenuIcon } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { BRAND, Logo } from '@/components/logo';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Sidebar } from '@/features/shell/sidebar';

/** The frame of all pages behind the sign-in: a sidebar, which is a drawer on a phone. */
export function Shell({ children }: { children: ReactNode }) {
  const { t } = useTranslation('shell');
  const path = useRouterState({ select: (state) => state.location.href });
  const [openAt, setOpenAt] = useState<string | null>(null);
  return (
    <div className="flex h-dvh">
      <a href="#main" className="fixed start-2 top-2 z-50 -translate-y-20 rounded-lg bg-mango px-4 py-2 text-sm font-medium text-on-mango focus:translate-y-0">{t('skip')}</a>
      <aside className="w-72 shrink-0 border-e border-line bg-sidebar max-lg:hidden"><Sidebar /></aside>
      {/* Going to another page closes it. */}
      <Dialog side="start" title={t('menu')} open={openAt === path} onOpenChange={(isOpen) => { setOpenAt(isOpen ? path : null); }}><Sidebar /></Dialog>
      <div className="flex min-w-0 flex-1 flex-col">
        <header className="flex h-14 shrink-0 items-center gap-2 border-b border-line px-3 lg:hidden">
          <Button variant="ghost" size="icon" aria-label={t('menu')} onClick={() => { setOpenAt(path); }}><MenuIcon className="size-5!" /></Button>
          <Link to="/" className="flex items-center gap-2 font-semibold tracking-tight"><Logo className="size-6" /> {BRAND}</Link>
        </header>
        <main id="main" tabIndex={-1} className="min-h-0 flex-1 focus:outline-none">{children}</main>
      </div>
    </div>
  );
}
