import { useEffect, useState } from 'react';
import type { Chat } from '@/api/types';

export type Group = 'pinned' | 'today' | 'yesterday' | 'week' | 'older';

/** Midnight of the user's own clock, this many days before. Days may have 23 or 25 hours. */
const midnight = (now: Date, daysBefore: number) => new Date(now.getFullYear(), now.getMonth(), now.getDate() - daysBefore);

type Dated = Pick<Chat, 'id' | 'updated_at' | 'is_pinned' | 'is_archived'>;

/**
 * Those that are pinned, and the others by the day of their last message, in the order in which they come;
 * groups without a chat are left out, as are chats in the archive.
 */
export function groupChats<T extends Dated>(pinned: readonly T[], chats: readonly T[], now: Date): { group: Group; chats: T[] }[] {
  const starts = [['today', midnight(now, 0)], ['yesterday', midnight(now, 1)], ['week', midnight(now, 7)]] as const;
  const groupOf = (chat: T): Group => {
    if (chat.is_pinned) return 'pinned';
    const at = new Date(chat.updated_at);
    return starts.find(([, start]) => at >= start)?.[0] ?? 'older';
  };
  const order: Group[] = ['pinned', 'today', 'yesterday', 'week', 'older'];
  const known = new Set(pinned.map(({ id }) => id));
  // One that was pinned a moment ago is in the other list alone.
  const all = [...pinned, ...chats.filter(({ id }) => !known.has(id))].filter((chat) => !chat.is_archived);
  return order.map((group) => ({ group, chats: all.filter((chat) => groupOf(chat) === group) })).filter(({ chats }) => chats.length > 0);
}

/** Now, and again when a new day begins. */
export function useDay(): Date {
  const [day, setDay] = useState(() => new Date());
  useEffect(() => {
    // A laptop may have slept over midnight.
    const look = () => { setDay((before) => (midnight(before, 0).getTime() === midnight(new Date(), 0).getTime() ? before : new Date())); };
    const timer = setTimeout(look, midnight(day, -1).getTime() - Date.now() + 1000);
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, [day]);
  return day;
}
