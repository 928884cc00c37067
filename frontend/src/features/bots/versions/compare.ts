import type { BotConfiguration } from '@/api/types';

export type Field = keyof BotConfiguration;

/** In the order in which the form has them. */
const order: Field[] = ['icon', 'name', 'description', 'instructions', 'starters', 'rag_enabled', 'knowledge_base_ids', 'model_id', 'temperature', 'max_tokens', 'category', 'tags'];

/** What differs between two versions of a bot. */
export const changedFields = (before: BotConfiguration, after: BotConfiguration): Field[] =>
  order.filter((field) => JSON.stringify(before[field] ?? null) !== JSON.stringify(after[field] ?? null));

/** Several lines, of which some stay when others change. */
export const isText = (field: Field) => field === 'instructions' || field === 'description' || field === 'starters';

/** What a field is, for {@link isText}. */
export const asText = (value: BotConfiguration[Field] | undefined) => (Array.isArray(value) ? value.join('\n') : String(value ?? ''));
