import { t } from 'i18next';
import type { Agent } from '@/api/types';
import { type BotDraft, emptyBot } from '@/features/bots/editor/draft';
import { list } from '@/lib/format';

/** A bot that does what the agent says it does, for the user to finish. */
export const botFromAgent = (agent: Agent): BotDraft => ({
  ...emptyBot,
  name: agent.display_name,
  description: agent.description ?? null,
  instructions: [
    t('fromAgentPrompt.youAre', { ns: 'bots', name: agent.display_name }),
    agent.description,
    agent.capabilities.length > 0 ? t('fromAgentPrompt.canHelp', { ns: 'bots', capabilities: list(agent.capabilities) }) : null,
  ].filter(Boolean).join('\n\n'),
  category: agent.category,
  tags: agent.tags,
});
