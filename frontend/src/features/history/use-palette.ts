import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { BookOpen, Bot, House, Keyboard, type LucideIcon, MessageSquare, MessageSquarePlus, MessageSquareText, Settings, Store } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { chatSearchQuery, chatsQuery } from '@/features/chat/api';
import { useKept } from '@/features/history/deletion';
import { ago } from '@/lib/format';
import { useDebounced } from '@/lib/use-debounced';

export interface Option {
  id: string;
  icon: LucideIcon;
  label: string;
  hint?: string;
  snippet?: { text: string; is_match: boolean }[];
  run: () => void;
}

export interface Section {
  kind: 'recent' | 'chats' | 'messages' | 'pages';
  options: Option[];
}

const PAGES = [
  { to: '/', label: 'dashboard', icon: House },
  { to: '/bots', label: 'bots', icon: Bot },
  { to: '/knowledge', label: 'knowledge', icon: BookOpen },
  { to: '/marketplace', label: 'marketplace', icon: Store },
  { to: '/settings', label: 'settings', icon: Settings },
] as const;

/** Without case and accents. */
const plain = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Whether each of the words is in the text. */
export const hasWords = (text: string, words: string) => plain(words).split(/\s+/).every((word) => plain(text).includes(word));

/** What fits the text: chats by their titles, messages, pages; the newest chats while there is none. */
export function usePalette(text: string, onKeys: () => void) {
  const { t } = useTranslation('history');
  const { t: tShell } = useTranslation('shell');
  const navigate = useNavigate();
  const query = useDebounced(text, 200);
  const recent = useInfiniteQuery(chatsQuery);
  const search = useQuery({ ...chatSearchQuery(query), enabled: query !== '' });
  const chats = useKept((text === '' ? recent.data : search.data?.chats) ?? []);
  const messages = search.data?.items ?? [];
  const keptIds = new Set(useKept(messages.map(({ chat_id }) => ({ id: chat_id }))).map(({ id }) => id));

  const open = (chatId: string | undefined, message?: string) => () =>
    void navigate({ to: '/chat/{-$chatId}', params: { chatId }, search: message ? { message } : {} });
  const ofChats: Option[] = chats
    .filter(({ is_archived }) => text !== '' || !is_archived)
    .slice(0, 6)
    .map((chat) => ({ id: chat.id, icon: MessageSquare, label: chat.title || t('newChat'), hint: ago(chat.updated_at), run: open(chat.id) }));
  const ofMessages: Option[] = (text === '' ? [] : messages)
    .filter(({ chat_id }) => keptIds.has(chat_id))
    .map((found) => ({ id: found.message_id, icon: MessageSquareText, label: found.title || t('newChat'), hint: ago(found.created_at), snippet: found.snippet, run: open(found.chat_id, found.message_id) }));
  const pages: Option[] = [
    { id: 'new', icon: MessageSquarePlus, label: t('newChat'), run: open(undefined) },
    ...PAGES.map(({ to, label, icon }) => ({ id: to, icon, label: tShell(label), run: () => void navigate({ to }) })),
    { id: 'keys', icon: Keyboard, label: tShell('keys.title'), run: onKeys },
  ].filter(({ label }) => hasWords(label, text));

  const sections: Section[] = [
    { kind: text === '' ? ('recent' as const) : ('chats' as const), options: ofChats },
    { kind: 'messages' as const, options: ofMessages },
    { kind: 'pages' as const, options: pages },
  ].filter(({ options }) => options.length > 0);
  return {
    sections,
    options: sections.flatMap(({ options }) => options),
    isSearching: text === '' ? recent.isPending : query !== text || search.isPending,
    error: text === '' ? recent.error : search.error,
  };
}
