import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

export interface Column<Row> {
  name: string;
  /** Nothing to read in its heading, such as above buttons. */
  isQuiet?: boolean;
  /** Figures stand at the end, one below the other. */
  isFigure?: boolean;
  /** From which width it is there. */
  from?: 'sm' | 'md' | 'lg';
  cell: (row: Row) => ReactNode;
}

const widths = { sm: 'max-sm:hidden', md: 'max-md:hidden', lg: 'max-lg:hidden' };

interface Props<Row> {
  caption: string;
  columns: Column<Row>[];
  rows: Row[];
  keyOf: (row: Row) => string;
}

/** A table whose first column names the row. On a phone it has fewer columns: the first says what the others would. */
export function Table<Row>({ caption, columns, rows, keyOf }: Props<Row>) {
  const classes = columns.map(({ isFigure, isQuiet, from }) => cn((isFigure || isQuiet) && 'text-end tabular-nums', from && widths[from]));
  return (
    <div className="overflow-hidden rounded-2xl border border-line bg-surface shadow-soft">
      <table className="w-full table-auto text-sm">
        <caption className="sr-only">{caption}</caption>
        <thead>
          <tr className="text-start text-[0.8125rem] text-ink-soft">
            {columns.map(({ name, isQuiet }, index) => (
              <th key={name} scope="col" className={cn('border-b border-line px-3 py-2.5 font-medium whitespace-nowrap first:ps-5 last:pe-5', classes[index]?.includes('text-end') ? '' : 'text-start', classes[index])}>
                {isQuiet ? <span className="sr-only">{name}</span> : name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {rows.map((row) => (
            <tr key={keyOf(row)} className="hover:bg-raised/40">
              {columns.map(({ name, cell }, index) =>
                index === 0
                  ? <th key={name} scope="row" className="w-full max-w-0 px-3 py-3 text-start font-normal first:ps-5">{cell(row)}</th>
                  : <td key={name} className={cn('px-3 py-3 whitespace-nowrap last:pe-5', classes[index])}>{cell(row)}</td>,
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The name of a row, and in small what else tells it. */
export const Named = ({ name, children }: { name: string; children?: ReactNode }) => (
  <span className="block min-w-0">
    <span dir="auto" className="block truncate font-medium">{name}</span>
    {children && <span dir="auto" className="block truncate text-xs text-ink-faint">{children}</span>}
  </span>
);
