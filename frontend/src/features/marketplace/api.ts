import { infiniteQueryOptions, mutationOptions, queryOptions } from '@tanstack/react-query';
import { api, ok } from '@/api/client';
import type { Agent, Bot } from '@/api/types';
import { queryClient } from '@/lib/query-client';

const PAGE = 24;

export type Sort = 'most_used' | 'most_starred' | 'newest';

/** What is looked for; as the page's address has it. */
export interface Wanted {
  search?: string | undefined;
  category?: string | undefined;
  tag?: string | undefined;
  sort?: Sort | undefined;
  starred_only?: boolean | undefined;
}

const given = (wanted: Wanted) => Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));

/** Pages of a list whose next one begins after the last id. */
const pages = <Item extends { id: string }>(kind: string, wanted: Wanted, get: (query: object) => Promise<Item[]>) =>
  infiniteQueryOptions({
    queryKey: ['marketplace', kind, wanted],
    queryFn: ({ pageParam }) => get({ ...given(wanted), limit: PAGE, ...(pageParam ? { after: pageParam } : {}) }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => (page.length < PAGE ? null : page.at(-1)?.id),
    select: (data) => data.pages.flat(),
  });

export const marketplaceBotsQuery = (wanted: Wanted) =>
  pages('bots', wanted, (query) => ok(api.GET('/api/v1/bots', { params: { query: { ...query, marketplace_only: true } } })));

export const agentsQuery = (wanted: Wanted) => pages('agents', wanted, (query) => ok(api.GET('/api/v1/agents', { params: { query } })));

export const agentQuery = (id: string) =>
  queryOptions({
    queryKey: ['agents', id],
    queryFn: () => ok(api.GET('/api/v1/agents/{agent_id}', { params: { path: { agent_id: id } } })),
  });

/** Puts a bot or agent in the place where lists have it, so that none of them jumps. */
function replace(kind: string, item: Bot | Agent) {
  queryClient.setQueriesData<{ pages: { id: string }[][] }>({ queryKey: ['marketplace', kind] }, (data) =>
    data && { ...data, pages: data.pages.map((page) => page.map((other) => (other.id === item.id ? item : other))) });
}

interface Star {
  id: string;
  isStarred: boolean;
}

export const starBot = mutationOptions({
  mutationFn: ({ id, isStarred }: Star) => {
    const call = { params: { path: { bot_id: id } } };
    return ok(isStarred ? api.PUT('/api/v1/bots/{bot_id}/star', call) : api.DELETE('/api/v1/bots/{bot_id}/star', call));
  },
  onSuccess: (bot) => {
    replace('bots', bot);
    void queryClient.invalidateQueries({ queryKey: ['bots'] });
  },
});

export const starAgent = mutationOptions({
  mutationFn: ({ id, isStarred }: Star) => {
    const call = { params: { path: { agent_id: id } } };
    return ok(isStarred ? api.PUT('/api/v1/agents/{agent_id}/star', call) : api.DELETE('/api/v1/agents/{agent_id}/star', call));
  },
  onSuccess: (agent) => { replace('agents', agent); },
});
