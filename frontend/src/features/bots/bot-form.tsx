import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot, BotInput as Body, Model } from '@/api/types';
import { Rich } from '@/components/rich';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field, Input, Select, Textarea } from '@/components/ui/field';
import { ErrorNote } from '@/components/ui/states';
import { Switch } from '@/components/ui/switch';
import { modelsQuery, saveBot } from '@/features/bots/api';
import { basesQuery } from '@/features/knowledge/api';
import { twoDigits } from '@/lib/format';

/** A bot as the form has it: every field has a value. */
export type BotInput = Required<Body> & { tags: string[] };

export const emptyBot: BotInput = {
  name: '',
  description: null,
  instructions: null,
  model_id: '',
  temperature: 70,
  max_tokens: 4096,
  rag_enabled: false,
  knowledge_base_id: null,
  is_public: false,
  is_marketplace: false,
  tags: [],
};

interface Props {
  /** None for a new bot. */
  id: string | null;
  start: BotInput;
  onSaved: (bot: Bot) => void;
}

export function BotForm({ id, start, onSaved }: Props) {
  const { t } = useTranslation('bots');
  const [bot, setBot] = useState(start);
  const [tags, setTags] = useState(start.tags.join(', '));
  const models = useQuery(modelsQuery);
  const bases = useInfiniteQuery(basesQuery);
  const save = useMutation(saveBot(id));
  const set = (change: Partial<BotInput>) => { setBot((before) => ({ ...before, ...change })); };
  const modelId = bot.model_id || models.data?.find(({ is_default }) => is_default)?.id || '';

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const list = [...new Set(tags.split(/[,،、]/).map((tag) => tag.trim()).filter(Boolean))];
    save.mutate({ ...bot, name: bot.name.trim(), model_id: modelId, tags: list }, { onSuccess: onSaved });
  };

  return (
    <form onSubmit={submit} className="space-y-6">
      <Section title={t('form.whatItIs')}>
        <Field label={t('name')}>{(control) => <Input {...control} required maxLength={200} autoFocus={id === null} placeholder={t('form.namePlaceholder')} value={bot.name} onChange={(event) => { set({ name: event.target.value }); }} />}</Field>
        <Field label={t('description')} hint={t('form.descriptionHint')}>{(control) => <Input {...control} maxLength={2000} value={bot.description ?? ''} onChange={(event) => { set({ description: event.target.value || null }); }} />}</Field>
        <Field label={t('form.instructions')} hint={t('form.instructionsHint')}>
          {(control) => <Textarea {...control} rows={5} maxLength={32_000} placeholder={t('form.instructionsPlaceholder')} value={bot.instructions ?? ''} onChange={(event) => { set({ instructions: event.target.value || null }); }} />}
        </Field>
        <Field label={t('form.tags')} hint={t('form.tagsHint')}>{(control) => <Input {...control} placeholder={t('form.tagsPlaceholder')} value={tags} onChange={(event) => { setTags(event.target.value); }} />}</Field>
      </Section>

      <Section title={t('form.whatItKnows')}>
        <Switch label={t('form.useKnowledge')} hint={t('form.useKnowledgeHint')} checked={bot.rag_enabled} onChange={(rag_enabled) => { set({ rag_enabled }); }} />
        {bot.rag_enabled && (
          <Field
            label={t('form.knowledgeBase')}
            error={bases.isError ? t('form.basesFailed') : undefined}
            hint={bases.data?.length === 0 ? <Rich text={t('form.noBases')} parts={{ make: <Link to="/knowledge" className="text-mango-ink underline underline-offset-3" /> }} /> : undefined}
          >
            {(control) => (
              <Select {...control} required value={bot.knowledge_base_id ?? ''} onChange={(event) => { set({ knowledge_base_id: event.target.value || null }); }}>
                <option value="">{t('form.chooseBase')}</option>
                {bases.data?.map((base) => <option key={base.id} value={base.id}>{base.name}</option>)}
                {bot.knowledge_base_id && bases.data?.every(({ id: known }) => known !== bot.knowledge_base_id) && <option value={bot.knowledge_base_id}>{t('form.currentBase')}</option>}
              </Select>
            )}
          </Field>
        )}
      </Section>

      <Section title={t('form.howItAnswers')}>
        <Field label={t('form.model')} error={models.isError ? t('form.modelsFailed') : undefined}>
          {(control) => (
            <Select {...control} required value={modelId} onChange={(event) => { set({ model_id: event.target.value }); }}>
              <ModelOptions models={models.data ?? []} selected={modelId} />
            </Select>
          )}
        </Field>
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label={<span className="flex justify-between">{t('form.temperature')} <output className="text-ink-soft tabular-nums">{twoDigits(bot.temperature / 100)}</output></span>} hint={t('form.temperatureHint')}>
            {(control) => <input {...control} type="range" min={0} max={100} step={5} value={bot.temperature} onChange={(event) => { set({ temperature: Number(event.target.value) }); }} className="h-10 w-full accent-mango" />}
          </Field>
          <Field label={t('form.maxTokens')} hint={t('form.maxTokensHint')}>
            {(control) => <Input {...control} type="number" required min={1} max={200_000} value={Number.isNaN(bot.max_tokens) ? '' : bot.max_tokens} onChange={(event) => { set({ max_tokens: event.target.valueAsNumber }); }} />}
          </Field>
        </div>
      </Section>

      <Section title={t('form.whoMayUse')}>
        <Switch label={t('form.public')} hint={t('form.publicHint')} checked={bot.is_public} onChange={(is_public) => { set(is_public ? { is_public } : { is_public, is_marketplace: false }); }} />
        <Switch label={t('form.marketplace')} hint={t('form.marketplaceHint')} checked={bot.is_marketplace} onChange={(is_marketplace) => { set(is_marketplace ? { is_marketplace, is_public: true } : { is_marketplace }); }} />
      </Section>

      {save.isError && <ErrorNote error={save.error} />}
      <div className="flex justify-end gap-2 pb-4">
        <Button asChild variant="secondary"><Link to="/bots">{t('cancel')}</Link></Button>
        <Button type="submit" disabled={save.isPending}>{id ? t('save') : t('form.make')}</Button>
      </div>
    </form>
  );
}

function ModelOptions({ models, selected }: { models: Model[]; selected: string }) {
  const { t } = useTranslation('bots');
  return (
    <>
      {models.map((model) => <option key={model.id} value={model.id}>{model.is_default ? t('form.defaultModel', { name: model.name }) : model.name}</option>)}
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
