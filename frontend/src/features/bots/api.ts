import { mutationOptions, queryOptions } from '@tanstack/react-query';
import { api, ok } from '@/api/client';
import type { Bot, BotInput } from '@/api/types';
import { queryClient } from '@/lib/query-client';

const PAGE = 200;

/** All bots of a list; its pages follow the last id of the one before. */
async function allBots(query: { include_public?: boolean; marketplace_only?: boolean }): Promise<Bot[]> {
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

export const marketplaceBotsQuery = queryOptions({
  queryKey: ['bots', 'marketplace'],
  queryFn: () => allBots({ include_public: true, marketplace_only: true }),
});

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

const refresh = () => queryClient.invalidateQueries({ queryKey: ['bots'] });

/** Makes a bot, or changes the one with this id. */
export const saveBot = (id: string | null) =>
  mutationOptions({
    mutationFn: (body: BotInput) =>
      ok(id ? api.PATCH('/api/v1/bots/{bot_id}', { params: { path: { bot_id: id } }, body }) : api.POST('/api/v1/bots', { body })),
    onSuccess: refresh,
  });

export const deleteBot = mutationOptions({
  mutationFn: (id: string) => ok(api.DELETE('/api/v1/bots/{bot_id}', { params: { path: { bot_id: id } } })),
  onSuccess: refresh,
});
