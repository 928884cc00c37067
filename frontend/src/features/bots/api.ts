import { infiniteQueryOptions, mutationOptions, queryOptions } from '@tanstack/react-query';
import { api, ok, type Stream, stream } from '@/api/client';
import type { Bot, BotInput, Message } from '@/api/types';
import { errorText } from '@/components/ui/states';
import { queryClient } from '@/lib/query-client';
import { toast } from '@/lib/toasts';

const PAGE = 200;

/** All bots of a list; its pages follow the last id of the one before. */
async function allBots(query: { include_public?: boolean }): Promise<Bot[]> {
  const bots: Bot[] = [];
  for (;;) {
    const last = bots.at(-1);
    const page = await ok(api.GET('/api/v1/bots', { params: { query: { ...query, limit: PAGE, ...(last ? { after: last.id } : {}) } } }));
    bots.push(...page);
    if (page.length < PAGE) return bots;
  }
}

/** The bots one can talk to: one's own and those that others share. */
export const botsQuery = queryOptions({ queryKey: ['bots', 'all'], queryFn: () => allBots({ include_public: true }) });

export const botQuery = (id: string) =>
  queryOptions({
    queryKey: ['bots', 'one', id],
    queryFn: () => ok(api.GET('/api/v1/bots/{bot_id}', { params: { path: { bot_id: id } } })),
  });

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: async () => (await ok(api.GET('/api/v1/models'))).models,
  staleTime: 10 * 60_000,
});

function refresh() {
  void queryClient.invalidateQueries({ queryKey: ['marketplace'] });
  return queryClient.invalidateQueries({ queryKey: ['bots'] });
}

/** Makes a bot of all that it is, or changes of the one with this id what is given. */
export const saveBot = (id: string | null) =>
  mutationOptions({
    mutationFn: (body: BotInput | Partial<BotInput>) =>
      ok(id ? api.PATCH('/api/v1/bots/{bot_id}', { params: { path: { bot_id: id } }, body }) : api.POST('/api/v1/bots', { body: body as BotInput })),
    onSuccess: refresh,
  });

export const deleteBot = mutationOptions({
  mutationFn: (id: string) => ok(api.DELETE('/api/v1/bots/{bot_id}', { params: { path: { bot_id: id } } })),
  onSuccess: refresh,
});

/** What a bot was, newest first. Part of the bot's own data: what changes a bot refreshes both. */
export const versionsQuery = (id: string) =>
  infiniteQueryOptions({
    queryKey: ['bots', 'versions', id],
    queryFn: ({ pageParam }) =>
      ok(api.GET('/api/v1/bots/{bot_id}/versions', { params: { path: { bot_id: id }, query: { limit: 20, ...(pageParam ? { before: pageParam } : {}) } } })),
    initialPageParam: null as number | null,
    getNextPageParam: (page) => page.next_before,
    select: ({ pages }) => pages.flatMap(({ items }) => items),
  });

export const restoreVersion = (id: string) =>
  mutationOptions({
    mutationFn: (number: number) => ok(api.POST('/api/v1/bots/{bot_id}/versions/{number}/restore', { params: { path: { bot_id: id, number } } })),
    onSuccess: refresh,
  });

/** What a bot's answers depend on. */
export type Draft = Pick<BotInput, 'instructions' | 'model_id' | 'temperature' | 'max_tokens' | 'rag_enabled' | 'knowledge_base_ids'>;

/** The answer of a bot that is not saved, as the stream of a chat. It ends when `signal` does. */
export const tryStream = (draft: Draft, messages: Pick<Message, 'role' | 'content'>[], signal: AbortSignal): Promise<Stream> =>
  stream(api.POST('/api/v1/bots/try', { body: { ...draft, messages }, signal, parseAs: 'stream' }));

function showPinned(id: string, is_pinned: boolean) {
  queryClient.setQueriesData<Bot[] | Bot>({ queryKey: ['bots'] }, (data) => {
    const changed = (bot: Bot) => (bot.id === id ? { ...bot, is_pinned } : bot);
    return Array.isArray(data) ? data.map(changed) : data && 'is_pinned' in data ? changed(data) : data;
  });
}

/** Pins a bot for oneself, or unpins one that is. It shows at once. */
export const pinBot = mutationOptions({
  mutationFn: ({ id, is_pinned }: Pick<Bot, 'id' | 'is_pinned'>) => {
    const call = { params: { path: { bot_id: id } } };
    return ok(is_pinned ? api.DELETE('/api/v1/bots/{bot_id}/pin', call) : api.PUT('/api/v1/bots/{bot_id}/pin', call));
  },
  onMutate: ({ id, is_pinned }: Pick<Bot, 'id' | 'is_pinned'>) => { showPinned(id, !is_pinned); },
  onError: (error, { id, is_pinned }) => {
    showPinned(id, is_pinned);
    toast({ text: errorText(error) });
  },
  onSettled: refresh,
});
