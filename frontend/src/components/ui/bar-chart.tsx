import { type KeyboardEvent, type PointerEvent, useState } from 'react';
import { cn } from '@/lib/cn';

export interface BarLine {
  name: string;
  values: number[];
}

interface Props {
  /** What is shown, for a screen reader: `Tokens a day`. */
  label: string;
  /** What each bar stands for, in short below it and in full where it is told. */
  bars: { short: string; long: string }[];
  /** Those that are stacked, from below. */
  lines: BarLine[];
  /** From 0 up to the top. */
  ticks: number[];
  /** The bars that have their name below them. */
  labelled: Set<number>;
  format: (value: number) => string;
  formatTick: (value: number) => string;
  /** What is said of all bars together while none is pointed at. */
  summary: string;
}

const fills = ['bg-chart-1', 'bg-chart-2', 'bg-chart-3', 'bg-chart-4', 'bg-chart-5', 'bg-chart-6'];
const fill = (index: number) => fills[index % fills.length];

const move: Record<string, (now: number, last: number, towardsEnd: number) => number> = {
  ArrowRight: (now, _, towardsEnd) => now + towardsEnd,
  ArrowLeft: (now, _, towardsEnd) => now - towardsEnd,
  Home: () => 0,
  End: (_, last) => last,
};

/**
 * Stacked bars, of which one is told about: the one that is pointed at, or chosen with the arrow keys. Boxes and not
 * a drawing: they go from right to left by themselves, and stretch without their corners.
 */
export function BarChart({ label, bars, lines, ticks, labelled, format, formatTick, summary }: Props) {
  const [active, setActive] = useState<number | null>(null);
  const top = ticks.at(-1) || 1;
  const last = bars.length - 1;
  const sum = (bar: number) => lines.reduce((total, line) => total + (line.values[bar] ?? 0), 0);
  const told = (bar: number) => {
    // A name keeps its own direction.
    const parts = lines.filter((line) => (line.values[bar] ?? 0) > 0).map((line) => `\u2068${line.name}\u2069 ${format(line.values[bar] ?? 0)}`);
    return [`${bars[bar]?.long ?? ''}: ${format(sum(bar))}`, ...(parts.length > 1 ? parts : [])].join(' · ');
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const next = move[event.key];
    if (!next) return;
    event.preventDefault();
    const towardsEnd = getComputedStyle(event.currentTarget).direction === 'rtl' ? -1 : 1;
    setActive(Math.max(0, Math.min(last, next(active ?? last, last, towardsEnd))));
  };
  const point = (event: PointerEvent<HTMLElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const share = (event.clientX - box.left) / box.width;
    const isMirrored = getComputedStyle(event.currentTarget).direction === 'rtl';
    setActive(Math.max(0, Math.min(last, Math.floor((isMirrored ? 1 - share : share) * bars.length))));
  };

  return (
    <div>
      <p className="mb-3 min-h-10 text-[0.8125rem] leading-5 text-ink-soft tabular-nums" aria-hidden>{active === null ? summary : told(active)}</p>
      <div className="grid grid-cols-[auto_minmax(0,1fr)] gap-x-2">
        <div className="relative w-10 text-xs text-ink-faint tabular-nums" aria-hidden>
          {ticks.map((tick) => (
            <span key={tick} className="absolute end-0 translate-y-1/2 whitespace-nowrap" style={{ bottom: `${(tick / top) * 100}%` }}>{formatTick(tick)}</span>
          ))}
        </div>
        <div
          role="slider"
          tabIndex={0}
          aria-label={label}
          aria-valuemin={0}
          aria-valuemax={last}
          aria-valuenow={active ?? last}
          aria-valuetext={told(active ?? last)}
          className="relative flex h-44 touch-pan-y items-stretch rounded-sm sm:h-52"
          onKeyDown={onKeyDown}
          onFocus={(event) => { if (event.currentTarget.matches(':focus-visible')) setActive((now) => now ?? last); }}
          onBlur={() => { setActive(null); }}
          onPointerMove={point}
          onPointerDown={point}
          onPointerLeave={() => { setActive(null); }}
        >
          {ticks.map((tick) => <span key={tick} aria-hidden className={cn('absolute inset-x-0 border-t', tick === 0 ? 'border-line-strong' : 'border-line')} style={{ bottom: `${(tick / top) * 100}%` }} />)}
          {bars.map((bar, index) => (
            <span key={bar.long} aria-hidden className={cn('relative flex min-w-0 flex-1 flex-col-reverse items-center rounded-sm', active === index && 'bg-ink/6')}>
              <span className="flex w-[calc(100%-2px)] max-w-10 flex-col-reverse overflow-hidden rounded-t-[3px]" style={{ height: `${(sum(index) / top) * 100}%` }}>
                {lines.map((line, place) => {
                  const value = line.values[index] ?? 0;
                  return value > 0 && <span key={line.name} className={cn('block w-full shrink-0', fill(place))} style={{ height: `${(value / sum(index)) * 100}%` }} />;
                })}
              </span>
            </span>
          ))}
        </div>
        <div className="col-start-2 mt-1.5 flex h-4 text-xs text-ink-faint" aria-hidden>
          {bars.map((bar, index) => (
            <span key={bar.long} className="relative min-w-0 flex-1">
              {labelled.has(index) && (
                <span className={cn('absolute whitespace-nowrap', index === 0 && last > 0 ? 'start-0' : index === last && last > 0 ? 'end-0' : 'start-1/2 -translate-x-1/2 rtl:translate-x-1/2')}>{bar.short}</span>
              )}
            </span>
          ))}
        </div>
      </div>
    </div>
  );
}

/** What the colours stand for. */
export function Legend({ items }: { items: { name: string; value: string }[] }) {
  return (
    <ul className="flex flex-wrap gap-x-5 gap-y-1.5 text-[0.8125rem]">
      {items.map(({ name, value }, index) => (
        <li key={name} className="flex min-w-0 items-center gap-2">
          <span className={cn('size-2.5 shrink-0 rounded-xs', fill(index))} aria-hidden />
          <span dir="auto" className="truncate">{name}</span>
          <span className="text-ink-faint tabular-nums">{value}</span>
        </li>
      ))}
    </ul>
  );
}
