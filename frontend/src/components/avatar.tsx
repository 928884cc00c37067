import { cn } from '@/lib/cn';

const tints = ['bg-amber-200 text-amber-950', 'bg-orange-200 text-orange-950', 'bg-lime-200 text-lime-950', 'bg-teal-200 text-teal-950', 'bg-sky-200 text-sky-950', 'bg-rose-200 text-rose-950'];

interface Props {
  name: string;
  /** A sign instead of the initials. */
  icon?: string | null | undefined;
  className?: string;
}

/** A coloured square with initials: the same name always gets the same colour. */
export function Avatar({ name, icon, className }: Props) {
  const letters = name.trim().split(/\s+/).slice(0, 2).map((word) => Array.from(word)[0] ?? '').join('').toUpperCase();
  const hash = Array.from(name).reduce((sum, letter) => (sum * 31 + (letter.codePointAt(0) ?? 0)) % 9973, 7);
  return (
    <span aria-hidden className={cn('grid size-10 shrink-0 place-items-center rounded-xl text-sm font-semibold dark:brightness-90', tints[hash % tints.length], className)}>
      {icon ? <span className="text-[1.45em] leading-none">{icon}</span> : letters || '?'}
    </span>
  );
}
