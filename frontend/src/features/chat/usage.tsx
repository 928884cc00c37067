import { Gauge } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useTranslation } from 'react-i18next';
import type { Message } from '@/api/types';
import { number } from '@/lib/format';

/** What an answer took, when somebody asks. */
export function UsageButton({ message: { usage, model_id: model } }: { message: Message }) {
  const { t } = useTranslation('chat');
  if (!usage) return null;
  const rows: [string, string][] = [
    [t('usage.input'), number(usage.input_tokens)],
    [t('usage.output'), number(usage.output_tokens)],
    [t('usage.total'), number(usage.input_tokens + usage.output_tokens)],
  ];
  if (model) rows.push([t('usage.model'), model]);
  return (
    <Popover.Root>
      <Popover.Trigger className="grid size-8 place-items-center rounded-lg text-ink-faint hover:bg-raised hover:text-ink" aria-label={t('usage.show')}>
        <Gauge className="size-4" aria-hidden />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content side="top" sideOffset={8} collisionPadding={12} aria-label={t('usage.title')} className="z-50 w-64 animate-rise rounded-xl border border-line bg-surface px-4 py-3 text-sm shadow-lift">
          <dl className="grid grid-cols-[auto_1fr] gap-x-6 gap-y-1.5">
            {rows.map(([name, value]) => (
              <div key={name} className="contents">
                <dt className="text-ink-soft">{name}</dt>
                <dd className="text-end font-medium wrap-anywhere tabular-nums"><bdi>{value}</bdi></dd>
              </div>
            ))}
          </dl>
          {usage.estimated && <p className="mt-2 text-xs text-ink-faint">{t('usage.estimated')}</p>}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
