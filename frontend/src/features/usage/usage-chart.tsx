import { ChevronRight } from 'lucide-react';
import { useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { UsageRow, UsageTotal } from '@/api/types';
import { BarChart, Legend } from '@/components/ui/bar-chart';
import { Choice } from '@/components/ui/choice';
import type { Range } from '@/features/usage/days';
import { labelled, type Metric, series, ticks } from '@/features/usage/series';
import { useModelName } from '@/features/usage/use-model-name';
import { compact, dayRange, dollars, dollarsInSteps, longDay, number, shortDay } from '@/lib/format';

interface Props {
  range: Range;
  total: UsageTotal;
  /** By day and model. */
  rows: UsageRow[];
}

const writeDay = (bar: Range) => (bar.from === bar.to ? longDay(bar.from) : dayRange(bar.from, bar.to));

/** Usage over time: what it comes to, bars by model, and the same figures as a table. */
export function UsageChart({ range, total, rows }: Props) {
  const { t } = useTranslation('usage');
  const [chosen, setMetric] = useState<Metric>('tokens');
  const nameOf = useModelName();
  const hasCost = total.cost !== null && total.cost !== undefined;
  const metrics: Metric[] = ['tokens', 'answers', ...(hasCost ? ['cost' as const] : [])];
  const metric = metrics.includes(chosen) ? chosen : 'tokens';
  const { bars, lines } = series(rows, range, metric);
  const sums = bars.map((_, bar) => lines.reduce((sum, line) => sum + (line.values[bar] ?? 0), 0));
  const marks = ticks(Math.max(0, ...sums), metric === 'cost' ? 0 : 1);
  const format = metric === 'cost' ? dollars : number;
  const named = lines.map((line) => ({ ...line, name: line.model === null ? t('otherModels') : nameOf(line.model) || t('unknownModel') }));
  return (
    <>
      <div className="mb-6 flex flex-wrap items-start justify-between gap-x-8 gap-y-4">
        <Figures total={total} />
        <Choice label={t('show')} value={metric} onChange={setMetric} options={metrics.map((value) => ({ value, label: t(`metric.${value}`) }))} />
      </div>
      <BarChart
        label={t(`chart.${metric}`)}
        bars={bars.map((bar) => ({ short: shortDay(bar.from), long: writeDay(bar) }))}
        lines={named}
        ticks={marks}
        labelled={labelled(bars.length, 4)}
        format={format}
        formatTick={metric === 'cost' ? dollarsInSteps(marks[1] ?? 1) : compact}
        summary={t('pointHint', { range: dayRange(range.from, range.to) })}
      />
      <div className="mt-4"><Legend items={named.map(({ name, total: sum }) => ({ name, value: format(sum) }))} /></div>
      <FiguresTable bars={bars} lines={named} sums={sums} format={format} caption={t(`chart.${metric}`)} />
    </>
  );
}

/** What all of it comes to. */
function Figures({ total }: { total: UsageTotal }) {
  const { t } = useTranslation('usage');
  const items = [
    { label: t('figure.answers'), value: number(total.answers) },
    { label: t('figure.input'), value: compact(total.input_tokens), whole: number(total.input_tokens) },
    { label: t('figure.output'), value: compact(total.output_tokens), whole: number(total.output_tokens) },
    ...(total.cost === null || total.cost === undefined ? [] : [{ label: t(total.is_cost_partial ? 'figure.costPartly' : 'figure.cost'), value: dollars(total.cost) }]),
  ];
  return (
    <div>
      <dl className="flex flex-wrap gap-x-8 gap-y-3">
        {items.map(({ label, value, whole }) => (
          <div key={label} className="flex flex-col-reverse">
            <dt className="text-[0.8125rem] text-ink-soft">{label}</dt>
            <dd className="text-xl font-semibold tracking-tight tabular-nums" title={whole}>{value}</dd>
          </div>
        ))}
      </dl>
      {total.estimated_answers > 0 && <p className="mt-2 text-xs text-ink-faint">{t('estimated', { count: total.estimated_answers })}</p>}
    </div>
  );
}

interface TableProps {
  bars: Range[];
  lines: { name: string; values: number[] }[];
  sums: number[];
  format: (value: number) => string;
  caption: string;
}

/** The bars in figures, for whoever cannot see them or wants to know. */
function FiguresTable({ bars, lines, sums, format, caption }: TableProps) {
  const { t } = useTranslation('usage');
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  const shown = bars.map((bar, index) => ({ bar, index })).filter(({ index }) => (sums[index] ?? 0) > 0).reverse();
  if (shown.length === 0) return null;
  return (
    <div className="mt-5 border-t border-line pt-3">
      <button type="button" aria-expanded={isOpen} aria-controls={id} onClick={() => { setOpen(!isOpen); }} className="flex items-center gap-1.5 rounded-md py-1 text-[0.8125rem] text-ink-soft hover:text-ink">
        <ChevronRight className={isOpen ? 'size-4 rotate-90 transition-transform' : 'size-4 transition-transform rtl:rotate-180'} aria-hidden /> {t('figures')}
      </button>
      <div id={id} hidden={!isOpen} role="region" aria-label={caption} tabIndex={0} className="mt-2 max-h-80 overflow-auto rounded-lg focus-visible:-outline-offset-2">
        <table className="w-full text-[0.8125rem] tabular-nums">
          <caption className="sr-only">{caption}</caption>
          <thead>
            <tr className="text-ink-soft [&>th]:border-b [&>th]:border-line [&>th]:py-2 [&>th]:pe-5 [&>th]:text-start [&>th]:font-medium">
              <th scope="col">{t('day')}</th>
              {lines.length > 1 && lines.map((line) => <th key={line.name} scope="col">{line.name}</th>)}
              <th scope="col">{t('all')}</th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ bar, index }) => (
              <tr key={bar.from} className="[&>*]:border-b [&>*]:border-line [&>*]:py-1.5 [&>*]:pe-5 [&>*]:text-start [&>*]:font-normal">
                <th scope="row" className="whitespace-nowrap">{writeDay(bar)}</th>
                {lines.length > 1 && lines.map((line) => <td key={line.name}>{format(line.values[index] ?? 0)}</td>)}
                <td>{format(sums[index] ?? 0)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
