import { ToggleGroup } from 'radix-ui';

interface Props<T extends string> {
  /** What is chosen. */
  label: string;
  value: T | null;
  onChange: (value: T) => void;
  options: { value: T; label: string }[];
}

/** One of a few, side by side. */
export function Choice<T extends string>({ label, value, onChange, options }: Props<T>) {
  return (
    <ToggleGroup.Root
      type="single"
      aria-label={label}
      value={value ?? ''}
      // What is chosen already stays so.
      onValueChange={(next) => { if (next) onChange(next as T); }}
      className="inline-flex flex-wrap gap-0.5 rounded-xl border border-line bg-raised/60 p-0.5"
    >
      {options.map((option) => (
        <ToggleGroup.Item key={option.value} value={option.value} className="h-8 rounded-[0.625rem] px-3 text-[0.8125rem] font-medium text-ink-soft hover:text-ink data-[state=on]:bg-surface data-[state=on]:text-ink data-[state=on]:shadow-sm dark:data-[state=on]:bg-line-strong">
          {option.label}
        </ToggleGroup.Item>
      ))}
    </ToggleGroup.Root>
  );
}
