import { afterEach, describe, expect, it, vi } from 'vitest';
import { groupChats } from '@/features/history/groups';

const chat = (id: string, at: Date, more: { is_pinned?: boolean; is_archived?: boolean } = {}) => ({ id, updated_at: at.toISOString(), is_pinned: false, is_archived: false, ...more });
const grouped = (pinned: ReturnType<typeof chat>[], chats: ReturnType<typeof chat>[], now: Date) =>
  Object.fromEntries(groupChats(pinned, chats, now).map(({ group, chats }) => [group, chats.map(({ id }) => id)]));

afterEach(() => { vi.unstubAllEnvs(); });

describe('groupChats', () => {
  // Where the clock is put back and forth, and where it is far from that of the service.
  it.each(['Europe/Berlin', 'America/Los_Angeles', 'Pacific/Auckland', 'UTC'])('goes by the days of the user in %s', (zone) => {
    vi.stubEnv('TZ', zone);
    // The night in which Europe's clocks go back: this day had 25 hours.
    const now = new Date(2026, 9, 26, 0, 30);
    const chats = [
      chat('midnight', new Date(2026, 9, 26, 0, 0)),
      chat('minute-before', new Date(2026, 9, 25, 23, 59)),
      chat('begin-of-yesterday', new Date(2026, 9, 25, 0, 0)),
      chat('two-days', new Date(2026, 9, 24, 23, 59)),
      chat('seven-days', new Date(2026, 9, 19, 0, 0)),
      chat('eight-days', new Date(2026, 9, 18, 23, 59)),
    ];
    expect(grouped([], chats, now)).toEqual({
      today: ['midnight'],
      yesterday: ['minute-before', 'begin-of-yesterday'],
      week: ['two-days', 'seven-days'],
      older: ['eight-days'],
    });
  });

  it('takes a clock that is behind the service for today', () => {
    const now = new Date(2026, 4, 5, 12);
    expect(grouped([], [chat('later', new Date(2026, 4, 5, 12, 5)), chat('tomorrow', new Date(2026, 4, 6))], now)).toEqual({ today: ['later', 'tomorrow'] });
  });

  it('has those that are pinned first, once, and those in the archive nowhere', () => {
    const now = new Date(2026, 4, 5, 12);
    const old = chat('old', new Date(2020, 1, 1), { is_pinned: true });
    const both = chat('both', now, { is_pinned: true });
    const fresh = chat('fresh', now, { is_pinned: true });
    const unpinned = chat('unpinned', now);
    const archived = chat('archived', now, { is_archived: true, is_pinned: true });
    expect(grouped([both, old, unpinned, archived], [fresh, both, unpinned], now)).toEqual({ pinned: ['both', 'old', 'fresh'], today: ['unpinned'] });
  });
});
