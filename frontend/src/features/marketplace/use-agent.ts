import { useMutation } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import i18n from 'i18next';
import type { Agent } from '@/api/types';
import { errorText } from '@/components/ui/states';
import { meQuery } from '@/features/auth/api';
import { botsQuery, modelsQuery, saveBot } from '@/features/bots/api';
import { tidy } from '@/features/bots/editor/draft';
import { botFromAgent } from '@/features/marketplace/bot-from-agent';
import { queryClient } from '@/lib/query-client';
import { toast } from '@/lib/toasts';
import { useIsBoundFor } from '@/lib/use-is-bound-for';

/** Opens a chat with a bot that is made of an agent: the one that was made of it before, if there is one as it was then. */
export function useAgent() {
  const navigate = useNavigate();
  const isBoundFor = useIsBoundFor();
  const { mutateAsync: make } = useMutation(saveBot(null));
  return useMutation({
    mutationFn: async (agent: Agent) => {
      const [bots, models, me] = await Promise.all([queryClient.fetchQuery(botsQuery), queryClient.fetchQuery(modelsQuery), queryClient.fetchQuery(meQuery), i18n.loadNamespaces('bots')]);
      const draft = tidy(botFromAgent(agent));
      const made = bots.find((bot) => bot.owner_id === me.id && bot.name === draft.name && bot.instructions === draft.instructions);
      return made ?? make({ ...draft, model_id: models.find(({ is_default }) => is_default)?.id ?? '', agent_id: agent.id });
    },
    onSuccess: ({ id }) => { if (isBoundFor('/marketplace')) void navigate({ to: '/chat/{-$chatId}', params: { chatId: undefined }, search: { bot: id } }); },
    onError: (error) => { toast({ text: errorText(error) }); },
  });
}
