import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import type { Model } from '@/api/types';
import { Card } from '@/components/ui/card';
import { Field, Input, Select, Textarea } from '@/components/ui/field';
import { Switch } from '@/components/ui/switch';
import { modelsQuery } from '@/features/bots/api';
import { type BotDraft, flagsOf, parseTags, temperatureWord, visibilityOf } from '@/features/bots/editor/draft';
import { IconPicker } from '@/features/bots/editor/icon-picker';
import { KnowledgeChoice } from '@/features/bots/editor/knowledge-choice';
import { Starters } from '@/features/bots/editor/starters';
import { VisibilityChoice } from '@/features/bots/editor/visibility';
import { facetsQuery } from '@/features/marketplace/facets';
import { twoDigits } from '@/lib/format';

interface Props {
  bot: BotDraft;
  onChange: (change: Partial<BotDraft>) => void;
  /** As they are typed: a comma at the end is no tag yet. */
  tags: string;
  onTags: (text: string) => void;
  /** The model that a bot without one has. */
  defaultModel: string;
  isNew: boolean;
}

/** All that one sets of a bot. */
export function BotFields({ bot, onChange: set, tags, onTags, defaultModel, isNew }: Props) {
  const { t } = useTranslation('editor');
  const models = useQuery(modelsQuery);
  const modelId = bot.model_id || defaultModel;
  const visibility = visibilityOf(bot);
  const word = t(`temperature.${temperatureWord(bot.temperature)}`);
  return (
    <>
      <Section title={t('whatItIs')}>
        <div className="flex items-start gap-4">
          <IconPicker name={bot.name} value={bot.icon} onChange={(icon) => { set({ icon }); }} />
          <Field label={t('name')} className="min-w-0 flex-1">{(control) => <Input {...control} required maxLength={200} autoFocus={isNew} placeholder={t('namePlaceholder')} value={bot.name} onChange={(event) => { set({ name: event.target.value }); }} />}</Field>
        </div>
        <Field label={t('description')} hint={t('descriptionHint')}>{(control) => <Input {...control} maxLength={2000} value={bot.description ?? ''} onChange={(event) => { set({ description: event.target.value || null }); }} />}</Field>
        <Field label={t('instructions')} hint={t('instructionsHint')}>
          {(control) => <Textarea {...control} rows={8} placeholder={t('instructionsPlaceholder')} value={bot.instructions ?? ''} onChange={(event) => { set({ instructions: event.target.value || null }); }} />}
        </Field>
        <Starters value={bot.starters} onChange={(starters) => { set({ starters }); }} />
      </Section>

      <Section title={t('whatItKnows')}>
        <Switch label={t('useKnowledge')} hint={t('useKnowledgeHint')} checked={bot.rag_enabled} onChange={(rag_enabled) => { set({ rag_enabled }); }} />
        {bot.rag_enabled && <KnowledgeChoice value={bot.knowledge_base_ids} onChange={(knowledge_base_ids) => { set({ knowledge_base_ids }); }} />}
      </Section>

      <Section title={t('howItAnswers')}>
        <Field label={t('model')} error={models.isError ? t('modelsFailed') : undefined}>
          {(control) => (
            <Select {...control} required value={modelId} onChange={(event) => { set({ model_id: event.target.value }); }}>
              <ModelOptions models={models.data ?? []} selected={modelId} />
            </Select>
          )}
        </Field>
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label={t('temperature.label')} hint={t('temperature.hint')}>
            {(control) => (
              <div>
                <input {...control} type="range" min={0} max={100} step={5} value={bot.temperature} aria-valuetext={t('temperature.value', { value: twoDigits(bot.temperature / 100), word })} onChange={(event) => { set({ temperature: Number(event.target.value) }); }} className="h-8 w-full accent-mango" />
                <p aria-hidden className="flex justify-between text-sm"><span>{word}</span> <span className="text-ink-soft tabular-nums">{twoDigits(bot.temperature / 100)}</span></p>
              </div>
            )}
          </Field>
          <Field label={t('maxTokens')} hint={t('maxTokensHint')}>
            {(control) => <Input {...control} type="number" required min={1} max={200_000} value={Number.isNaN(bot.max_tokens) ? '' : bot.max_tokens} onChange={(event) => { set({ max_tokens: event.target.valueAsNumber }); }} />}
          </Field>
        </div>
      </Section>

      <Section title={t('whoMayUse')}>
        <VisibilityChoice value={visibility} onChange={(choice) => { set(flagsOf(choice)); }} />
        {visibility === 'marketplace' && <Category value={bot.category} onChange={(category) => { set({ category }); }} />}
        <Field label={t('tags')} hint={t('tagsHint')}>{(control) => <Input {...control} placeholder={t('tagsPlaceholder')} value={tags} onChange={(event) => { onTags(event.target.value); set({ tags: parseTags(event.target.value) }); }} />}</Field>
      </Section>
    </>
  );
}

/** One that the marketplace has, or a new one. */
function Category({ value, onChange }: { value: string | null; onChange: (value: string | null) => void }) {
  const { t } = useTranslation('editor');
  const { data } = useQuery(facetsQuery);
  const known = [...new Set([...(data?.agents.categories ?? []), ...(data?.bots.categories ?? [])])].sort();
  return (
    <Field label={t('category')} hint={t('categoryHint')}>
      {(control) => (
        <>
          <Input {...control} required maxLength={100} list={`${control.id}-known`} value={value ?? ''} onChange={(event) => { onChange(event.target.value || null); }} />
          <datalist id={`${control.id}-known`}>{known.map((name) => <option key={name} value={name} />)}</datalist>
        </>
      )}
    </Field>
  );
}

function ModelOptions({ models, selected }: { models: Model[]; selected: string }) {
  const { t } = useTranslation('editor');
  return (
    <>
      {models.map((model) => <option key={model.id} value={model.id}>{model.is_default ? t('defaultModel', { name: model.name }) : model.name}</option>)}
      {selected && models.every(({ id }) => id !== selected) && <option value={selected}>{selected}</option>}
    </>
  );
}

const Section = ({ title, children }: { title: string; children: ReactNode }) => (
  <Card className="space-y-5 sm:p-6">
    <h2 className="font-semibold tracking-tight">{title}</h2>
    {children}
  </Card>
);
