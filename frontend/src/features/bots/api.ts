import { mutationOptions, queryOptions } from '@tanstack/react-query';
import { call } from '@/api/client';
import type { Bot, BotInput, Model } from '@/api/types';
import { queryClient } from '@/lib/query-client';

const PAGE = 200;

/** All pages of a list whose pages follow the last id of the one before. */
async function allBots(query: Record<string, boolean>): Promise<Bot[]> {
  const bots: Bot[] = [];
  for (;;) {
    const page = await call<Bot[]>('GET', '/bots', { query: { ...query, limit: PAGE, after: bots.at(-1)?.id } });
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
  queryOptions({ queryKey: ['bots', 'one', id], queryFn: () => call<Bot>('GET', `/bots/${id}`) });

export const modelsQuery = queryOptions({
  queryKey: ['models'],
  queryFn: async () => (await call<{ models: Model[] }>('GET', '/models')).models,
  staleTime: 10 * 60_000,
});

const refresh = () => queryClient.invalidateQueries({ queryKey: ['bots'] });

export const saveBot = (id: string | null) =>
  mutationOptions({
    mutationFn: (bot: BotInput) => (id ? call<Bot>('PATCH', `/bots/${id}`, { body: bot }) : call<Bot>('POST', '/bots', { body: bot })),
    onSuccess: refresh,
  });

export const deleteBot = mutationOptions({
  mutationFn: (id: string) => call('DELETE', `/bots/${id}`),
  onSuccess: refresh,
});
