import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'react';

/** Keeps the end of growing text in view for as long as the reader is there, and leaves alone one who scrolled up. */
export function useStickToEnd(length: number, items: number) {
  const scroller = useRef<HTMLDivElement>(null);
  const end = useRef<HTMLDivElement>(null);
  const [isAtEnd, setAtEnd] = useState(true);
  const sticks = useRef(true);

  useEffect(() => {
    if (!scroller.current || !end.current) return;
    const watcher = new IntersectionObserver(([entry]) => {
      sticks.current = entry?.isIntersecting ?? true;
      setAtEnd(sticks.current);
    }, { root: scroller.current, rootMargin: '0px 0px 96px 0px' });
    watcher.observe(end.current);
    return () => { watcher.disconnect(); };
  }, []);

  useLayoutEffect(() => {
    if (sticks.current) end.current?.scrollIntoView({ block: 'end' });
  }, [length, items]);

  const toEnd = useCallback((behavior: ScrollBehavior = 'auto') => {
    sticks.current = true;
    end.current?.scrollIntoView({ block: 'end', behavior });
  }, []);

  return { scroller, end, isAtEnd, toEnd };
}
