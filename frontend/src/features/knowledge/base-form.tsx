import { useMutation } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KnowledgeBase, Language } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Input, Select, Textarea } from '@/components/ui/field';
import { ErrorNote } from '@/components/ui/states';
import { Switch } from '@/components/ui/switch';
import { createBase, updateBase } from '@/features/knowledge/api';
import { compare, languageName } from '@/lib/format';

/** Those whose words Postgres knows how to cut, as the service names them, and their codes. */
const LANGUAGES: Record<Exclude<Language, 'simple'>, string> = {
  arabic: 'ar', armenian: 'hy', basque: 'eu', catalan: 'ca', danish: 'da', dutch: 'nl', english: 'en', finnish: 'fi', french: 'fr', german: 'de', greek: 'el',
  hindi: 'hi', hungarian: 'hu', indonesian: 'id', irish: 'ga', italian: 'it', lithuanian: 'lt', nepali: 'ne', norwegian: 'no', portuguese: 'pt', romanian: 'ro',
  russian: 'ru', serbian: 'sr', spanish: 'es', swedish: 'sv', tamil: 'ta', turkish: 'tr', yiddish: 'yi',
};

interface Props {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  /** To be changed; without it a new one is made. */
  base?: KnowledgeBase;
  onSaved: (base: KnowledgeBase) => void;
}

export function BaseDialog({ base, open, onOpenChange, onSaved }: Props) {
  const { t } = useTranslation('knowledge');
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={base ? t('form.change') : t('new')}>
      <BaseForm {...(base ? { base } : {})} onSaved={onSaved} />
    </Dialog>
  );
}

function BaseForm({ base, onSaved }: Pick<Props, 'base' | 'onSaved'>) {
  const { t } = useTranslation('knowledge');
  const [name, setName] = useState(base?.name ?? '');
  const [description, setDescription] = useState(base?.description ?? '');
  const [language, setLanguage] = useState<Language>(base?.language ?? 'simple');
  const [isShared, setShared] = useState(base?.is_shared ?? false);
  const languages = Object.entries(LANGUAGES).map(([value, code]) => ({ value, label: languageName(code) })).sort((one, other) => compare(one.label, other.label));
  const save = useMutation(base ? updateBase(base.id) : createBase);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save.mutate({ name: name.trim(), description: description.trim(), language, is_shared: isShared }, { onSuccess: onSaved });
  };
  return (
    <form onSubmit={submit} className="space-y-4">
      <Field label={t('name')}>{(control) => <Input {...control} required maxLength={200} autoFocus placeholder={t('form.namePlaceholder')} value={name} onChange={(event) => { setName(event.target.value); }} />}</Field>
      <Field label={t('description')}>{(control) => <Textarea {...control} rows={2} maxLength={2000} className="min-h-16" value={description} onChange={(event) => { setDescription(event.target.value); }} />}</Field>
      <Field label={t('form.language')} hint={t('form.languageHint')}>
        {(control) => (
          <Select {...control} value={language} onChange={(event) => { setLanguage(event.target.value as Language); }}>
            <option value="simple">{t('form.anyLanguage')}</option>
            {languages.map(({ value, label }) => <option key={value} value={value}>{label}</option>)}
          </Select>
        )}
      </Field>
      <Switch checked={isShared} onChange={setShared} label={t('form.share')} hint={t('form.shareHint')} />
      {save.isError && <ErrorNote error={save.error} />}
      <div className="flex justify-end"><Button type="submit" disabled={!name.trim() || save.isPending}>{base ? t('save') : t('form.make')}</Button></div>
    </form>
  );
}
