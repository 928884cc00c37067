import { useQuery } from '@tanstack/react-query';
import { Gauge } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Message, Usage } from '@/api/types';
import { Popover } from '@/components/ui/popover';
import { modelsQuery } from '@/features/bots/api';
import { ActionButton } from '@/features/chat/action-button';
import { dollars, number } from '@/lib/format';

/** What an answer took, when somebody asks. */
export function UsageButton({ message: { usage, model_id: model } }: { message: Message }) {
  const { t } = useTranslation('chat');
  if (!usage) return null;
  return (
    <Popover trigger={<ActionButton icon={Gauge} label={t('usage.show')} />} label={t('usage.title')} className="w-64 px-4 py-3 text-sm">
      {() => <Figures usage={usage} model={model ?? null} />}
    </Popover>
  );
}

function Figures({ usage, model }: { usage: Usage; model: string | null }) {
  const { t } = useTranslation('chat');
  const models = useQuery(modelsQuery);
  const priced = models.data?.find(({ id }) => id === model);
  const rows: [string, string][] = [
    [t('usage.input'), number(usage.input_tokens)],
    [t('usage.output'), number(usage.output_tokens)],
    [t('usage.total'), number(usage.input_tokens + usage.output_tokens)],
  ];
  // In dollars a million tokens.
  if (priced?.input_price != null && priced.output_price != null) {
    rows.push([t('usage.cost'), dollars((usage.input_tokens * priced.input_price + usage.output_tokens * priced.output_price) / 1_000_000)]);
  }
  if (model) rows.push([t('usage.model'), model]);
  return (
    <>
      <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5">
        {rows.map(([name, value]) => (
          <div key={name} className="contents">
            <dt className="text-ink-soft">{name}</dt>
            <dd className="text-end font-medium wrap-anywhere tabular-nums"><bdi>{value}</bdi></dd>
          </div>
        ))}
      </dl>
      {usage.estimated && <p className="mt-2 text-xs text-ink-faint">{t('usage.estimated')}</p>}
    </>
  );
}
