import { useCallback, useEffect, useRef, useState } from 'react';

/** Nearer than this to the end counts as there for one who scrolls down, in pixels. */
const NEAR = 64;
/** A movement so soon after what a reader did is theirs, in milliseconds. */
const SOON = 400;

const KEYS = new Set(['ArrowUp', 'ArrowDown', 'PageUp', 'PageDown', 'Home', 'End', ' ']);

/**
 * Keeps the end of growing content in view for as long as the reader is there. Whoever scrolls up, by wheel, finger,
 * key or scrollbar and however little, is left alone until they come back. What else moves the page, such as
 * messages that turn out higher than they were thought to be, does not count.
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
    let touched = -Infinity;
    let isHeld = false;
    const distance = () => box.scrollHeight - box.scrollTop - box.clientHeight;
    const settle = () => {
      if (sticks.current && distance() > 1) box.scrollTop = box.scrollHeight;
      top = box.scrollTop;
      setAtEnd(sticks.current || distance() < NEAR);
    };
    const onScroll = () => {
      const isReader = isHeld || performance.now() - touched < SOON;
      if (isReader) {
        // Momentum goes on after the finger has left.
        touched = performance.now();
        if (box.scrollTop < top) sticks.current = distance() <= 1;
        else if (box.scrollTop > top && distance() < NEAR) sticks.current = true;
      }
      settle();
    };
    const touch = () => { touched = performance.now(); };
    const onWheel = ({ deltaY }: WheelEvent) => {
      touch();
      if (deltaY < 0 && box.scrollTop > 0) sticks.current = false;
    };
    const onKey = ({ key }: KeyboardEvent) => { if (KEYS.has(key)) touch(); };
    const hold = () => { isHeld = true; };
    const release = () => {
      if (isHeld) touch();
      isHeld = false;
    };
    const growth = new ResizeObserver(settle);
    growth.observe(content.current);
    growth.observe(box);
    const listening = new AbortController();
    const options = { passive: true, signal: listening.signal };
    box.addEventListener('scroll', onScroll, options);
    box.addEventListener('wheel', onWheel, options);
    box.addEventListener('touchmove', touch, options);
    box.addEventListener('focusin', touch, options);
    box.addEventListener('pointerdown', hold, options);
    addEventListener('pointerup', release, options);
    addEventListener('pointercancel', release, options);
    addEventListener('keydown', onKey, options);
    return () => {
      growth.disconnect();
      listening.abort();
    };
  }, []);

  const toEnd = useCallback((isSmooth = false) => {
    const box = scroller.current;
    if (!box) return;
    // Over a long way it would be a blur, and what grows meanwhile is followed at once.
    const isFar = box.scrollHeight - box.scrollTop > 3 * box.clientHeight;
    if (isSmooth && !isFar && !matchMedia('(prefers-reduced-motion: reduce)').matches) {
      box.scrollTo({ top: box.scrollHeight, behavior: 'smooth' });
      // Unless the reader has gone elsewhere meanwhile; content may have grown by some lines.
      box.addEventListener('scrollend', () => { sticks.current = box.scrollHeight - box.scrollTop < 1.5 * box.clientHeight; }, { once: true });
      return;
    }
    sticks.current = true;
    box.scrollTop = box.scrollHeight;
    setAtEnd(true);
  }, []);

  const leaveEnd = useCallback(() => { sticks.current = false; }, []);

  return { scroller, content, isAtEnd, toEnd, leaveEnd };
}
