import { expect, it } from 'vitest';
import type { BotConfiguration } from '@/api/types';
import { changedFields } from '@/features/bots/versions/compare';

const bot: BotConfiguration = {
  name: 'Helper', description: null, instructions: 'Be brief.', model_id: 'm', temperature: 70, max_tokens: 4096,
  rag_enabled: false, knowledge_base_ids: [], starters: [], icon: null, tags: [], category: null,
};

it('names what differs, in the order of the form', () => {
  expect(changedFields(bot, bot)).toEqual([]);
  expect(changedFields(bot, { ...bot, tags: ['a'], temperature: 0, starters: ['Why?'], icon: '🥭', instructions: null })).toEqual(['icon', 'instructions', 'starters', 'temperature', 'tags']);
});

it('takes a field that an old version did not have for an empty one', () => {
  const old: Partial<BotConfiguration> = { ...bot };
  delete old.category;
  expect(changedFields(old as BotConfiguration, bot)).toEqual([]);
});
