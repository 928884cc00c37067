import { useInfiniteQuery } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import type { BotConfiguration } from '@/api/types';
import { asText, changedFields, type Field, isText } from '@/features/bots/versions/compare';
import { type Part, textDiff } from '@/features/bots/versions/text-diff';
import { basesQuery } from '@/features/knowledge/api';
import { cn } from '@/lib/cn';
import { list, number, twoDigits } from '@/lib/format';

/** What would change of a bot that is `before` if it became `after`. */
export function Difference({ before, after }: { before: BotConfiguration; after: BotConfiguration }) {
  const { t } = useTranslation('editor');
  const fields = changedFields(before, after);
  if (fields.length === 0) return <p className="text-sm text-ink-soft">{t('versions.same')}</p>;
  return (
    <dl className="space-y-5">
      {fields.map((field) => (
        <div key={field}>
          <dt className="mb-1.5 text-sm font-medium">{t(`field.${field}`)}</dt>
          <dd>{isText(field) ? <Lines before={asText(before[field])} after={asText(after[field])} /> : <Values field={field} before={before} after={after} />}</dd>
        </div>
      ))}
    </dl>
  );
}

const box = 'overflow-hidden rounded-xl border border-line text-sm leading-6';
const line = 'flex gap-2.5 px-3 py-0.5';
const tones = { removed: 'bg-danger-wash', added: 'bg-leaf-wash' };
const marks = { removed: 'bg-danger/20', added: 'bg-leaf/20' };

function Lines({ before, after }: { before: string; after: string }) {
  const { t } = useTranslation('editor');
  return (
    <div className={cn(box, 'max-h-96 overflow-y-auto')}>
      {textDiff(before, after).map((row, index) => {
        if (row.kind === 'skipped') return <p key={index} className="bg-raised px-3 py-1 text-xs text-ink-soft">{t('versions.skipped', { count: row.count })}</p>;
        if (row.kind === 'same') return <p key={index} dir="auto" className={cn(line, 'text-start text-ink-soft')}><Sign /> <span className="min-w-0 flex-1 wrap-anywhere whitespace-pre-wrap">{row.text}</span></p>;
        return <Changed key={index} kind={row.kind} parts={row.parts} />;
      })}
    </div>
  );
}

function Changed({ kind, parts }: { kind: 'removed' | 'added'; parts: Part[] }) {
  const { t } = useTranslation('editor');
  const Element = kind === 'removed' ? 'del' : 'ins';
  return (
    <p dir="auto" className={cn(line, tones[kind], 'text-start')}>
      <Sign kind={kind} />
      <span className="sr-only">{t(`versions.${kind}`)}</span>
      <Element className="min-w-0 flex-1 wrap-anywhere whitespace-pre-wrap no-underline">
        {parts.map((part, index) => (part.isChanged ? <strong key={index} className={cn('rounded-sm font-medium', marks[kind])}>{part.text}</strong> : <span key={index}>{part.text}</span>))}
      </Element>
    </p>
  );
}

const signs = { removed: '−', added: '+', same: ' ' };
const Sign = ({ kind = 'same' }: { kind?: keyof typeof signs }) => <span aria-hidden className={cn('w-2.5 shrink-0 text-center font-mono select-none', kind === 'removed' && 'text-danger', kind === 'added' && 'text-leaf')}>{signs[kind]}</span>;

function Values({ field, before, after }: { field: Field; before: BotConfiguration; after: BotConfiguration }) {
  const one = useValue(field, before);
  const other = useValue(field, after);
  return (
    <div className={box}>
      <Changed kind="removed" parts={[{ text: one, isChanged: false }]} />
      <Changed kind="added" parts={[{ text: other, isChanged: false }]} />
    </div>
  );
}

/** A field in words. */
function useValue(field: Field, of: BotConfiguration): string {
  const { t } = useTranslation('editor');
  const bases = useInfiniteQuery({ ...basesQuery, enabled: field === 'knowledge_base_ids' });
  switch (field) {
    case 'temperature': return twoDigits(of.temperature / 100);
    case 'max_tokens': return number(of.max_tokens);
    case 'rag_enabled': return of.rag_enabled ? t('on') : t('off');
    case 'knowledge_base_ids': return list(of.knowledge_base_ids.map((id) => bases.data?.find((base) => base.id === id)?.name ?? t('bases.unknown'))) || t('nothing');
    case 'tags': return list(of.tags) || t('nothing');
    default: return asText(of[field]) || t('nothing');
  }
}
