import { useLayoutEffect, useRef, useState } from 'react';
import { cn } from '@/lib/cn';
import { lazyModule } from '@/lib/lazy-module';

const useKatex = lazyModule(() => import('@/features/chat/markdown/katex'));

interface Props {
  source: string;
  isDisplay: boolean;
  /** It is not closed yet. */
  isGrowing?: boolean;
}

/** A formula; its source, until it can be drawn and if it cannot. */
export function Formula({ source, isDisplay, isGrowing = false }: Props) {
  const katex = useKatex(!isGrowing);
  const box = useRef<HTMLSpanElement>(null);
  const [drawn, setDrawn] = useState<string | null>(null);
  useLayoutEffect(() => {
    if (!katex || isGrowing || !box.current) return;
    setDrawn(katex.draw(source, box.current, isDisplay) ? source : null);
  }, [katex, source, isDisplay, isGrowing]);
  const isDrawn = drawn === source;
  return (
    <span dir="ltr" className={cn(isDisplay && 'formula')} tabIndex={isDisplay && isDrawn ? 0 : undefined}>
      <span ref={box} hidden={!isDrawn} />
      {!isDrawn && <code>{source}</code>}
    </span>
  );
}
