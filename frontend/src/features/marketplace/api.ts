import { infiniteQueryOptions, keepPreviousData, mutationOptions, queryOptions } from '@tanstack/react-query';
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

/** Where a page ends, with what its last item was sorted by then: a star from here may have changed that since. */
interface End {
  after: string;
  after_rank?: number;
}

interface Listed {
  id: string;
  star_count: number;
}

/** Pages of a list; `usesOf` says how often an item was used. */
const pages = <Item extends Listed>(kind: string, wanted: Wanted, get: (query: object) => Promise<Item[]>, usesOf: (item: Item) => number) =>
  infiniteQueryOptions({
    queryKey: ['marketplace', kind, wanted],
    queryFn: async ({ pageParam }) => {
      const items = await get({ ...given(wanted), limit: PAGE, ...pageParam });
      const last = items.at(-1);
      const ranks = { newest: undefined, most_used: last && usesOf(last), most_starred: last?.star_count };
      const after_rank = ranks[wanted.sort ?? 'newest'];
      const end: End | null = last && items.length === PAGE ? { after: last.id, ...(after_rank === undefined ? {} : { after_rank }) } : null;
      return { items, end };
    },
    initialPageParam: null as End | null,
    getNextPageParam: ({ end }) => end,
    // What came up in the order meanwhile is in two pages.
    select: (data) => [...new Map(data.pages.flatMap(({ items }) => items).map((item) => [item.id, item])).values()],
    placeholderData: keepPreviousData,
  });

export const marketplaceBotsQuery = (wanted: Wanted) =>
  pages('bots', wanted, (query) => ok(api.GET('/api/v1/bots', { params: { query: { ...query, marketplace_only: true } } })), (bot) => bot.use_count);

export const agentsQuery = (wanted: Wanted) => pages('agents', wanted, (query) => ok(api.GET('/api/v1/agents', { params: { query } })), (agent) => agent.total_requests);

export const agentQuery = (id: string) =>
  queryOptions({
    queryKey: ['agents', id],
    queryFn: () => ok(api.GET('/api/v1/agents/{agent_id}', { params: { path: { agent_id: id } } })),
  });

/** Puts a bot or agent in the place where lists have it, so that none of them jumps. */
function replace(kind: string, item: Bot | Agent) {
  queryClient.setQueriesData<{ pages: { items: { id: string }[] }[] }>({ queryKey: ['marketplace', kind] }, (data) =>
    data && { ...data, pages: data.pages.map((page) => ({ ...page, items: page.items.map((other) => (other.id === item.id ? item : other)) })) });
  // Lists that are not shown, such as that of what has a star, are fetched when they are.
  void queryClient.invalidateQueries({ queryKey: ['marketplace', kind], refetchType: 'none' });
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
