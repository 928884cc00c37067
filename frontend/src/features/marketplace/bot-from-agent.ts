import type { Agent } from '@/api/types';
import { type BotInput, emptyBot } from '@/features/bots/bot-form';

/** A bot that does what the agent says it does, for the user to finish. */
export const botFromAgent = (agent: Agent): BotInput => ({
  ...emptyBot,
  name: agent.display_name,
  description: agent.description ?? null,
  instructions: [
    `You are ${agent.display_name}.`,
    agent.description,
    agent.capabilities.length > 0 ? `You can help with: ${agent.capabilities.join(', ')}.` : null,
  ].filter(Boolean).join('\n\n'),
  tags: agent.tags,
});
