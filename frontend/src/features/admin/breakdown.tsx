import { useTranslation } from 'react-i18next';
import type { UsageRow, UsageTotal } from '@/api/types';
import type { By } from '@/features/admin/api';
import { type Column, Named, Table } from '@/features/admin/table';
import { figure } from '@/features/usage/series';
import { useModelName } from '@/features/usage/use-model-name';
import { compact, dollars, facts, number, percent } from '@/lib/format';

const tokensOf = (row: Pick<UsageRow, 'answers' | 'input_tokens' | 'output_tokens'>) => figure({ ...row, cost: null }, 'tokens');

interface Props {
  by: Exclude<By, 'day'>;
  usage: { total: UsageTotal; items: UsageRow[]; has_more: boolean };
}

/** Usage by user, bot or model, each with its share of all tokens. */
export function Breakdown({ by, usage: { total, items, has_more } }: Props) {
  const { t } = useTranslation('admin');
  const modelName = useModelName();
  const all = Math.max(1, tokensOf(total));
  const shareOf = (row: UsageRow) => tokensOf(row) / all;
  const costOf = (row: UsageRow) => (row.cost === null || row.cost === undefined ? null : dollars(row.cost));
  const hasCost = total.cost !== null && total.cost !== undefined;
  const nameOf = (row: UsageRow) => {
    if (by === 'model') return modelName(row.model_id);
    if (by === 'bot') return row.bot_name ?? t('unknownBot');
    return row.user_name ?? (row.user_id ? t('unknownUser') : t('nobody'));
  };
  const idOf = (row: UsageRow) => (by === 'model' ? row.model_id : by === 'bot' ? row.bot_id : row.user_id) ?? '';

  const columns: Column<UsageRow>[] = [
    {
      name: t(`column.${by}`),
      cell: (row) => (
        <>
          <Named name={nameOf(row)}>{by === 'user' ? row.user_email : by === 'model' ? row.model_id : null}</Named>
          <span className="mt-1.5 block h-1.5 w-full max-w-64 overflow-hidden rounded-full bg-raised" aria-hidden><span className="block h-full rounded-full bg-chart-1" style={{ width: `${shareOf(row) * 100}%` }} /></span>
          <span className="mt-1 block truncate text-xs text-ink-faint sm:hidden">{facts(t('answers', { count: row.answers }), percent(shareOf(row)), hasCost && costOf(row))}</span>
        </>
      ),
    },
    { name: t('column.answers'), isFigure: true, from: 'sm', cell: (row) => number(row.answers) },
    { name: t('column.input'), isFigure: true, from: 'md', cell: (row) => number(row.input_tokens) },
    { name: t('column.output'), isFigure: true, from: 'md', cell: (row) => number(row.output_tokens) },
    { name: t('column.tokens'), isFigure: true, cell: (row) => <span title={number(tokensOf(row))}>{compact(tokensOf(row))}</span> },
    { name: t('column.share'), isFigure: true, from: 'sm', cell: (row) => percent(shareOf(row)) },
    ...(hasCost ? [{ name: t('column.cost'), isFigure: true, from: 'sm' as const, cell: (row: UsageRow) => costOf(row) ?? <span className="text-ink-faint">{t('noPrice')}</span> }] : []),
  ];
  if (items.length === 0) return <p className="rounded-2xl border border-dashed border-line-strong px-6 py-12 text-center text-sm text-ink-soft">{t('noUsage')}</p>;
  return (
    <>
      <Table caption={t(`by.${by}`)} columns={columns} rows={items} keyOf={idOf} />
      {has_more && <p className="mt-3 text-[0.8125rem] text-ink-faint">{t('firstOnly', { count: items.length })}</p>}
    </>
  );
}
