import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import type { KnowledgeBase, Language } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Input, Select, Textarea } from '@/components/ui/field';
import { ErrorNote } from '@/components/ui/states';
import { Switch } from '@/components/ui/switch';
import { createBase, updateBase } from '@/features/knowledge/api';

/** Those whose words Postgres knows how to cut; the service names them alike. */
const LANGUAGES: Language[] = [
  'arabic', 'armenian', 'basque', 'catalan', 'danish', 'dutch', 'english', 'finnish', 'french', 'german', 'greek', 'hindi', 'hungarian', 'indonesian',
  'irish', 'italian', 'lithuanian', 'nepali', 'norwegian', 'portuguese', 'romanian', 'russian', 'serbian', 'spanish', 'swedish', 'tamil', 'turkish', 'yiddish',
];

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** To be changed; without it a new one is made. */
  base?: KnowledgeBase;
  onSaved: (base: KnowledgeBase) => void;
}

export const BaseDialog = ({ base, open, onOpenChange, onSaved }: Props) => (
  <Dialog open={open} onOpenChange={onOpenChange} title={base ? 'Change this knowledge base' : 'New knowledge base'}>
    <BaseForm {...(base ? { base } : {})} onSaved={onSaved} />
  </Dialog>
);

function BaseForm({ base, onSaved }: Pick<Props, 'base' | 'onSaved'>) {
  const [name, setName] = useState(base?.name ?? '');
  const [description, setDescription] = useState(base?.description ?? '');
  const [language, setLanguage] = useState<Language>(base?.language ?? 'simple');
  const [isShared, setShared] = useState(base?.is_shared ?? false);
  const save = useMutation(base ? updateBase(base.id) : createBase);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ name: name.trim(), description: description.trim(), language, is_shared: isShared }, { onSuccess: onSaved });
  };
  return (
    <form onSubmit={submit} className="space-y-4">
      <Field label="Name">{(control) => <Input {...control} required maxLength={200} autoFocus placeholder="Handbook" value={name} onChange={(event) => { setName(event.target.value); }} />}</Field>
      <Field label="Description">{(control) => <Textarea {...control} rows={2} maxLength={2000} className="min-h-16" value={description} onChange={(event) => { setDescription(event.target.value); }} />}</Field>
      <Field label="Language" hint="Then a search for “holidays” finds “holiday”, too.">
        {(control) => (
          <Select {...control} className="capitalize" value={language} onChange={(event) => { setLanguage(event.target.value as Language); }}>
            <option value="simple">Several, or another</option>
            {LANGUAGES.map((language) => <option key={language} value={language}>{language}</option>)}
          </Select>
        )}
      </Field>
      <Switch checked={isShared} onChange={setShared} label="Share with everybody here" hint="They may read and search it, and let their bots use it. Only you can change it." />
      {save.isError && <ErrorNote error={save.error} />}
      <div className="flex justify-end"><Button type="submit" disabled={!name.trim() || save.isPending}>{base ? 'Save' : 'Make it'}</Button></div>
    </form>
  );
}
