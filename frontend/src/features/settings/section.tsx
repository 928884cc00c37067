import { type ReactNode, useId } from 'react';
import { Card } from '@/components/ui/card';

interface Props {
  title: string;
  lead?: ReactNode;
  children: ReactNode;
}

/** What belongs together, under a heading. */
export function Section({ title, lead, children }: Props) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="grid gap-x-8 gap-y-4 border-t border-line py-8 first:border-t-0 first:pt-0 md:grid-cols-[minmax(0,1fr)_minmax(0,2fr)]">
      <div>
        <h2 id={id} className="font-semibold tracking-tight">{title}</h2>
        {lead && <p className="mt-1 text-sm leading-6 text-pretty text-ink-soft">{lead}</p>}
      </div>
      <Card className="min-w-0 space-y-5">{children}</Card>
    </section>
  );
}
