import { Slot } from 'radix-ui';
import { lazy, type ReactNode, Suspense } from 'react';
import { useTrigger } from '@/components/ui/on-demand';

const Content = lazy(() => import('@/components/ui/popover-content'));

interface Props {
  /** A button. */
  trigger: ReactNode;
  label: string;
  children: (close: () => void) => ReactNode;
  className?: string;
}

/** Something to read beside what it belongs to. */
export function Popover({ trigger: button, ...content }: Props) {
  const { trigger, floating, isNear } = useTrigger('dialog');
  return (
    <>
      <Slot.Root {...trigger}>{button}</Slot.Root>
      {isNear && <Suspense fallback={null}><Content {...content} {...floating} /></Suspense>}
    </>
  );
}
