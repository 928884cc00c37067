import { useCallback, useEffect, useRef, useState } from 'react';

/** Nearer than this to the end counts as there, in pixels. */
const NEAR = 64;

/** Keeps the end of growing content in view for as long as the reader is there, and leaves alone one who scrolled up. */
export function useStickToEnd() {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const sticks = useRef(true);
  const [isAtEnd, setAtEnd] = useState(true);

  useEffect(() => {
    const box = scroller.current;
    if (!box || !content.current) return;
    // Only the reader scrolls up; content that grows moves the end away without that.
    let top = box.scrollTop;
    const onScroll = () => {
      const isNear = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR;
      if (isNear) sticks.current = true;
      else if (box.scrollTop < top) sticks.current = false;
      top = box.scrollTop;
      setAtEnd(isNear);
    };
    const growth = new ResizeObserver(() => {
      if (sticks.current) box.scrollTop = box.scrollHeight;
      else onScroll();
    });
    growth.observe(content.current);
    growth.observe(box);
    box.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      growth.disconnect();
      box.removeEventListener('scroll', onScroll);
    };
  }, []);

  const toEnd = useCallback((behavior: ScrollBehavior = 'auto') => {
    sticks.current = true;
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight, behavior });
  }, []);

  return { scroller, content, isAtEnd, toEnd };
}
