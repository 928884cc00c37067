import { beforeEach, describe, expect, it, vi } from 'vitest';
import { configureApi } from '@/api/connection';
import type { Message } from '@/api/types';
import { historyQuery, type LoadedHistory, loadOlder } from '@/features/chat/api';
import { queryClient } from '@/lib/query-client';

const stored = Array.from({ length: 250 }, (_, index) => ({ id: `m${index}`, role: 'user', content: String(index), created_at: '2026-01-01T00:00:00Z', status: 'complete', passages: [], alternatives: [], attachments: [] }) as Message);
const known = () => queryClient.getQueryData<LoadedHistory>(historyQuery('c').queryKey);

beforeEach(() => {
  queryClient.clear();
  configureApi('https://mangoo.test/api/v1', { token: () => Promise.resolve('t'), expired: () => undefined });
  vi.stubGlobal('fetch', (request: Request) => {
    const query = new URL(request.url).searchParams;
    const end = query.has('before') ? stored.findIndex(({ id }) => id === query.get('before')) : stored.length;
    return Promise.resolve(Response.json({ chat_id: 'c', messages: stored.slice(Math.max(0, end - Number(query.get('limit'))), end) }));
  });
});

describe('a long history', () => {
  it('begins with its newest messages', async () => {
    await queryClient.fetchQuery(historyQuery('c'));
    expect(known()?.messages).toHaveLength(100);
    expect(known()).toMatchObject({ hasOlder: true });
  });

  it('is loaded page by page to its first message, each once', async () => {
    await queryClient.fetchQuery(historyQuery('c'));
    await Promise.all([loadOlder('c'), loadOlder('c')]);
    expect(known()?.messages).toHaveLength(200);
    await loadOlder('c');
    expect(known()?.messages.map(({ id }) => id)).toEqual(stored.map(({ id }) => id));
    expect(known()?.hasOlder).toBe(false);
  });

  it('keeps what is older when the newest is fetched again', async () => {
    await queryClient.fetchQuery(historyQuery('c'));
    await loadOlder('c');
    stored.push({ ...stored[0], id: 'new' } as Message);
    await queryClient.refetchQueries({ queryKey: historyQuery('c').queryKey });
    await queryClient.fetchQuery({ ...historyQuery('c'), staleTime: 0 });
    expect(known()?.messages).toHaveLength(201);
    expect(known()?.messages.at(-1)?.id).toBe('new');
    stored.pop();
  });
});
