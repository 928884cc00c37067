import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { ArrowRight, BookOpen, Bot as BotIcon, type LucideIcon, MessageSquarePlus, MessagesSquare } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Avatar } from '@/components/avatar';
import { Card, cards } from '@/components/ui/card';
import { Failed, Loading } from '@/components/ui/states';
import { botsQuery } from '@/features/bots/api';
import { PinButton } from '@/features/bots/pin-button';
import { chatsQuery } from '@/features/chat/api';
import { OwnUsage } from '@/features/dashboard/own-usage';
import { useKept } from '@/features/history/deletion';
import { ago } from '@/lib/format';
import { useKeptFocus } from '@/lib/use-kept-focus';

export function Dashboard() {
  const { t } = useTranslation('dashboard');
  const chats = useInfiniteQuery(chatsQuery);
  return (
    <div className="space-y-10">
      {/* Who has chats already knows where to begin. */}
      {chats.data?.length === 0 && <section aria-label={t('quickStart')} className="grid gap-4 md:grid-cols-3">
        <Start to="/knowledge" icon={BookOpen} title={t('addKnowledge.title')}>{t('addKnowledge.text')}</Start>
        <Start to="/bots/new" icon={BotIcon} title={t('makeBot.title')}>{t('makeBot.text')}</Start>
        <Start to="/chat/{-$chatId}" icon={MessageSquarePlus} title={t('startChat.title')}>{t('startChat.text')}</Start>
      </section>}
      <div className="grid grid-cols-1 gap-10 xl:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <RecentChats />
        <Bots />
      </div>
      <OwnUsage />
    </div>
  );
}

interface StartProps {
  to: '/knowledge' | '/bots/new' | '/chat/{-$chatId}';
  icon: LucideIcon;
  title: string;
  children: ReactNode;
}

const Start = ({ to, icon: Icon, title, children }: StartProps) => (
  <Link to={to} params={{ chatId: undefined }} className="group rounded-2xl border border-line bg-surface p-5 shadow-soft transition-colors hover:border-mango">
    <span className="grid size-10 place-items-center rounded-xl bg-mango-wash text-mango-ink"><Icon className="size-5" aria-hidden /></span>
    <span className="mt-4 flex items-center gap-2 font-semibold tracking-tight">
      {title} <ArrowRight className="size-4 text-ink-faint transition-transform group-hover:translate-x-0.5 rtl:rotate-180 rtl:group-hover:-translate-x-0.5" aria-hidden />
    </span>
    <span className="mt-1 block text-sm leading-6 text-ink-soft">{children}</span>
  </Link>
);

const Heading = ({ title, children }: { title: string; children?: ReactNode }) => (
  <div className="mb-4 flex items-baseline justify-between">
    <h2 className="font-semibold tracking-tight">{title}</h2>
    {children}
  </div>
);

function RecentChats() {
  const { t } = useTranslation('dashboard');
  const chats = useInfiniteQuery(chatsQuery);
  const shown = useKept(chats.data ?? []).filter(({ is_archived }) => !is_archived);
  const bots = useQuery(botsQuery);
  const nameOf = (id: string | null | undefined) => bots.data?.find((bot) => bot.id === id)?.name;
  return (
    <section>
      <Heading title={t('recentChats')} />
      {chats.isPending && <Loading rows={4} rowClassName="h-14" />}
      {chats.isLoadingError && <Failed error={chats.error} onRetry={() => void chats.refetch()} />}
      {chats.data && shown.length === 0 && <Card className="flex items-center gap-3 text-sm text-ink-soft"><MessagesSquare className="size-5 text-ink-faint" aria-hidden /> {t('noChats')}</Card>}
      {shown.length > 0 && (
        <ul className="divide-y divide-line overflow-hidden rounded-2xl border border-line bg-surface shadow-soft">
          {shown.slice(0, 6).map((chat) => (
            <li key={chat.id}>
              <Link to="/chat/{-$chatId}" params={{ chatId: chat.id }} className="flex items-center gap-4 px-5 py-3.5 hover:bg-raised focus-visible:-outline-offset-2">
                <span className="min-w-0 flex-1">
                  <span dir="auto" className="block truncate text-sm font-medium">{chat.title || t('newChat')}</span>
                  {nameOf(chat.bot_id) && <span dir="auto" className="block truncate text-xs text-ink-faint">{nameOf(chat.bot_id)}</span>}
                </span>
                <span className="shrink-0 text-xs text-ink-faint">{ago(chat.updated_at)}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

/** The bots that are pinned; as long as there are none, the newest. */
function Bots() {
  const { t } = useTranslation('dashboard');
  const bots = useQuery(botsQuery);
  const keptFocus = useKeptFocus<HTMLUListElement>();
  const pinned = bots.data?.filter((bot) => bot.is_pinned) ?? [];
  const shown = pinned.length > 0 ? pinned : bots.data?.slice(0, 5);
  return (
    <section>
      <Heading title={t(pinned.length > 0 ? 'pinnedBots' : 'bots')}><Link to="/bots" className="text-sm text-ink-soft underline-offset-3 hover:underline">{t('allBots')}</Link></Heading>
      {bots.isPending && <Loading rows={4} className={cards} rowClassName="h-16" />}
      {bots.isError && <Failed error={bots.error} onRetry={() => void bots.refetch()} />}
      {bots.data?.length === 0 && <Card className="flex items-center gap-3 text-sm text-ink-soft"><BotIcon className="size-5 text-ink-faint" aria-hidden /> {t('noBots')}</Card>}
      <ul {...keptFocus} className="grid grid-cols-1 gap-3">
        {shown?.map((bot) => (
          <li key={bot.id} className="flex items-center gap-1 rounded-2xl border border-line bg-surface pe-2 shadow-soft hover:border-line-strong">
            <Link to="/chat/{-$chatId}" params={{ chatId: undefined }} search={{ bot: bot.id }} className="flex min-w-0 flex-1 items-center gap-3.5 rounded-2xl py-3 ps-4">
              <Avatar name={bot.name} icon={bot.icon} className="size-9" />
              <span className="min-w-0 flex-1">
                <span dir="auto" className="block truncate text-sm font-medium">{bot.name}</span>
                <span dir="auto" className="block truncate text-xs text-ink-faint">{bot.description || t('noDescription')}</span>
              </span>
            </Link>
            <PinButton bot={bot} />
          </li>
        ))}
      </ul>
      {bots.data && bots.data.length > 0 && pinned.length === 0 && <p className="mt-3 text-[0.8125rem] leading-5 text-ink-faint">{t('pinHint')}</p>}
    </section>
  );
}
