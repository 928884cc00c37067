import { useInfiniteQuery, useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useState } from 'react';
import type { Bot, BotInput as Body, Model } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Card } from '@/components/ui/card';
import { Field, Input, Select, Textarea } from '@/components/ui/field';
import { ErrorNote } from '@/components/ui/states';
import { Switch } from '@/components/ui/switch';
import { modelsQuery, saveBot } from '@/features/bots/api';
import { basesQuery } from '@/features/knowledge/api';

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
  const [bot, setBot] = useState(start);
  const [tags, setTags] = useState(start.tags.join(', '));
  const models = useQuery(modelsQuery);
  const bases = useInfiniteQuery(basesQuery);
  const save = useMutation(saveBot(id));
  const set = (change: Partial<BotInput>) => { setBot((before) => ({ ...before, ...change })); };
  const modelId = bot.model_id || models.data?.find(({ is_default }) => is_default)?.id || '';

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const list = [...new Set(tags.split(',').map((tag) => tag.trim()).filter(Boolean))];
    save.mutate({ ...bot, name: bot.name.trim(), model_id: modelId, tags: list }, { onSuccess: onSaved });
  };

  return (
    <form onSubmit={submit} className="space-y-6">
      <Section title="What it is">
        <Field label="Name">{(control) => <Input {...control} required maxLength={200} autoFocus={id === null} placeholder="Handbook helper" value={bot.name} onChange={(event) => { set({ name: event.target.value }); }} />}</Field>
        <Field label="Description" hint="What others see when they choose a bot.">{(control) => <Input {...control} maxLength={2000} value={bot.description ?? ''} onChange={(event) => { set({ description: event.target.value || null }); }} />}</Field>
        <Field label="Instructions" hint="How it should behave, what it should know, in what tone it answers.">
          {(control) => <Textarea {...control} rows={5} maxLength={32_000} placeholder="You answer questions about our handbook, briefly and kindly." value={bot.instructions ?? ''} onChange={(event) => { set({ instructions: event.target.value || null }); }} />}
        </Field>
        <Field label="Tags" hint="Separated by commas.">{(control) => <Input {...control} placeholder="handbook, people" value={tags} onChange={(event) => { setTags(event.target.value); }} />}</Field>
      </Section>

      <Section title="What it knows">
        <Switch label="Answer from a knowledge base" hint="It looks up your texts for each question and cites them." checked={bot.rag_enabled} onChange={(rag_enabled) => { set({ rag_enabled }); }} />
        {bot.rag_enabled && (
          <Field
            label="Knowledge base"
            error={bases.isError ? 'Your knowledge bases could not be loaded.' : undefined}
            hint={bases.data?.length === 0 ? <>You have none yet. <Link to="/knowledge" className="text-mango-ink underline underline-offset-3">Make one first.</Link></> : undefined}
          >
            {(control) => (
              <Select {...control} required value={bot.knowledge_base_id ?? ''} onChange={(event) => { set({ knowledge_base_id: event.target.value || null }); }}>
                <option value="">Choose one</option>
                {bases.data?.map((base) => <option key={base.id} value={base.id}>{base.name}</option>)}
                {bot.knowledge_base_id && bases.data?.every(({ id: known }) => known !== bot.knowledge_base_id) && <option value={bot.knowledge_base_id}>The one it has</option>}
              </Select>
            )}
          </Field>
        )}
      </Section>

      <Section title="How it answers">
        <Field label="Model" error={models.isError ? 'The models could not be loaded.' : undefined}>
          {(control) => (
            <Select {...control} required value={modelId} onChange={(event) => { set({ model_id: event.target.value }); }}>
              <ModelOptions models={models.data ?? []} selected={modelId} />
            </Select>
          )}
        </Field>
        <div className="grid gap-5 sm:grid-cols-2">
          <Field label={<span className="flex justify-between">Temperature <output className="text-ink-soft tabular-nums">{(bot.temperature / 100).toFixed(2)}</output></span>} hint="Low is precise, high is inventive.">
            {(control) => <input {...control} type="range" min={0} max={100} step={5} value={bot.temperature} onChange={(event) => { set({ temperature: Number(event.target.value) }); }} className="h-10 w-full accent-mango" />}
          </Field>
          <Field label="Longest answer" hint="In tokens, about four letters each.">
            {(control) => <Input {...control} type="number" required min={1} max={200_000} value={Number.isNaN(bot.max_tokens) ? '' : bot.max_tokens} onChange={(event) => { set({ max_tokens: event.target.valueAsNumber }); }} />}
          </Field>
        </div>
      </Section>

      <Section title="Who may use it">
        <Switch label="Public" hint="Everybody in your organisation can chat with it." checked={bot.is_public} onChange={(is_public) => { set(is_public ? { is_public } : { is_public, is_marketplace: false }); }} />
        <Switch label="In the marketplace" hint="It is shown there, for others to find." checked={bot.is_marketplace} onChange={(is_marketplace) => { set(is_marketplace ? { is_marketplace, is_public: true } : { is_marketplace }); }} />
      </Section>

      {save.isError && <ErrorNote error={save.error} />}
      <div className="flex justify-end gap-2 pb-4">
        <Button asChild variant="secondary"><Link to="/bots">Cancel</Link></Button>
        <Button type="submit" disabled={save.isPending}>{id ? 'Save' : 'Make the bot'}</Button>
      </div>
    </form>
  );
}

function ModelOptions({ models, selected }: { models: Model[]; selected: string }) {
  return (
    <>
      {models.map((model) => <option key={model.id} value={model.id}>{model.name}{model.is_default ? ' (default)' : ''}</option>)}
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
