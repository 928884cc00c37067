import { Slot } from 'radix-ui';
import type { ReactNode } from 'react';
import { useTrigger } from '@/components/ui/on-demand';
import { lazyModule } from '@/lib/lazy-module';

const useContent = lazyModule(() => import('@/components/ui/popover-content'));

interface Props {
  /** A button. */
  trigger: ReactNode;
  label: string;
  children: (close: () => void) => ReactNode;
  className?: string;
}

/** Something to read beside what it belongs to. */
export function Popover({ trigger: button, ...content }: Props) {
  const { trigger, floating, isNear, onMissing } = useTrigger('dialog');
  const Content = useContent(isNear, onMissing)?.default;
  return (
    <>
      <Slot.Root {...trigger}>{button}</Slot.Root>
      {isNear && Content && <Content {...content} {...floating} />}
    </>
  );
}
