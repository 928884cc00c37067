import type { Bot, BotInput as Body } from '@/api/types';

/** A bot as the form has it: every field has a value. */
export type BotDraft = Required<Omit<Body, 'agent_id' | 'knowledge_base_id' | 'tags' | 'starters' | 'knowledge_base_ids'>> & {
  tags: string[];
  starters: string[];
  knowledge_base_ids: string[];
};

export const emptyBot: BotDraft = {
  name: '',
  icon: null,
  description: null,
  instructions: null,
  model_id: '',
  temperature: 70,
  max_tokens: 4096,
  rag_enabled: false,
  knowledge_base_ids: [],
  starters: [],
  category: null,
  is_public: false,
  is_marketplace: false,
  tags: [],
};

export const draftOf = (bot: Bot): BotDraft => ({
  name: bot.name,
  icon: bot.icon ?? null,
  description: bot.description ?? null,
  instructions: bot.instructions ?? null,
  model_id: bot.model_id,
  temperature: bot.temperature,
  max_tokens: bot.max_tokens,
  rag_enabled: bot.rag_enabled,
  knowledge_base_ids: bot.knowledge_base_ids,
  starters: bot.starters,
  category: bot.category ?? null,
  is_public: bot.is_public,
  is_marketplace: bot.is_marketplace,
  tags: bot.tags,
});

/** A draft as the service takes it: without blanks around what was typed, and without what is empty. */
export const tidy = (draft: BotDraft): BotDraft => ({
  ...draft,
  name: draft.name.trim(),
  category: draft.category?.trim() || null,
  starters: draft.starters.map((starter) => starter.trim()).filter(Boolean),
});

/** What of a bot has changed. */
export function changes(before: BotDraft, after: BotDraft): Partial<BotDraft> {
  const fields = Object.keys(after) as (keyof BotDraft)[];
  const changed = Object.fromEntries(fields.filter((field) => JSON.stringify(before[field]) !== JSON.stringify(after[field])).map((field) => [field, after[field]]));
  // One choice: half of it, beside what another tab has saved, would be a third.
  return 'is_public' in changed || 'is_marketplace' in changed ? { ...changed, is_public: after.is_public, is_marketplace: after.is_marketplace } : changed;
}

/** What the form has when a save is over: what was made of what was `sent`, but what was typed meanwhile. */
export const merge = (sent: BotDraft, now: BotDraft, made: BotDraft): BotDraft => ({ ...made, ...changes(sent, now) });

export const isChanged = (before: BotDraft, after: BotDraft) => Object.keys(changes(tidy(before), tidy(after))).length > 0;

/** The tags of a list with commas between, each once. Other scripts have commas of their own. */
export const parseTags = (text: string) => [...new Set(text.split(/[,،、]/).map((tag) => tag.trim()).filter(Boolean))];

/** Who may use a bot: one choice of what the service has as two flags. */
export type Visibility = 'private' | 'company' | 'marketplace';

export const visibilityOf = ({ is_public, is_marketplace }: Pick<BotDraft, 'is_public' | 'is_marketplace'>): Visibility =>
  is_marketplace ? 'marketplace' : is_public ? 'company' : 'private';

export const flagsOf = (visibility: Visibility) => ({ is_public: visibility !== 'private', is_marketplace: visibility === 'marketplace' });

/** What a temperature (0 to 100) does, in one word. */
export const temperatureWord = (temperature: number) =>
  temperature <= 20 ? 'precise' : temperature <= 45 ? 'focused' : temperature <= 75 ? 'balanced' : 'inventive';

/** Moves an item to another place; what lies outside of the list stays where it is. */
export function move<Item>(items: Item[], from: number, to: number): Item[] {
  const moved = items[from];
  if (moved === undefined || to < 0 || to >= items.length) return items;
  const others = items.toSpliced(from, 1);
  return others.toSpliced(to, 0, moved);
}

const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

/** Whether a text is drawn as one sign, as the service wants icons. */
export const isOneSign = (text: string) => text.trim() !== '' && Array.from(graphemes.segment(text)).length === 1 && Array.from(text).length <= 16;
