import { useCallback, useEffect, useRef, useState } from 'react';

/** Nearer than this to the end counts as there for one who scrolls down, in pixels. */
const NEAR = 64;

/**
 * Keeps the end of growing content in view for as long as the reader is there. Whoever scrolls up, by whatever
 * means and however little, is left alone until they come back.
 */
export function useStickToEnd() {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const sticks = useRef(true);
  const [isAtEnd, setAtEnd] = useState(true);

  useEffect(() => {
    const box = scroller.current;
    if (!box || !content.current) return;
    let top = box.scrollTop;
    const toGo = () => box.scrollHeight - box.scrollTop - box.clientHeight;
    const onScroll = () => {
      const distance = toGo();
      // Content that shrinks moves the page up too, but then it is at its end.
      if (distance <= 1) sticks.current = true;
      else if (box.scrollTop < top) sticks.current = false;
      else if (box.scrollTop > top && distance < NEAR) sticks.current = true;
      top = box.scrollTop;
      setAtEnd(sticks.current || distance < NEAR);
    };
    const growth = new ResizeObserver(() => {
      if (sticks.current) {
        box.scrollTop = box.scrollHeight;
        top = box.scrollTop;
      }
      setAtEnd(sticks.current || toGo() < NEAR);
    });
    growth.observe(content.current);
    growth.observe(box);
    box.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      growth.disconnect();
      box.removeEventListener('scroll', onScroll);
    };
  }, []);

  const toEnd = useCallback((isSmooth = false) => {
    sticks.current = true;
    const box = scroller.current;
    if (!box) return;
    // Over a long way it would be a blur.
    const isFar = box.scrollHeight - box.scrollTop > 4 * box.clientHeight;
    const isStill = isFar || matchMedia('(prefers-reduced-motion: reduce)').matches;
    box.scrollTo({ top: box.scrollHeight, behavior: isSmooth && !isStill ? 'smooth' : 'instant' });
  }, []);

  return { scroller, content, isAtEnd, toEnd };
}
