import { type FocusEvent, useLayoutEffect, useRef } from 'react';

const controls = (list: Element | null) => [...(list?.querySelectorAll<HTMLElement>('a, button:not(:disabled)') ?? [])];

/** For a list: when what has the focus goes away with its row or its reason, the focus goes to what takes its place. */
export function useKeptFocus<E extends HTMLElement>() {
  const ref = useRef<E>(null);
  const last = useRef<{ control: Element; place: number } | null>(null);
  useLayoutEffect(() => {
    if (!last.current || last.current.control.isConnected || document.activeElement !== document.body) return;
    const all = controls(ref.current);
    (all[Math.min(last.current.place, all.length - 1)] ?? document.getElementById('main'))?.focus();
  });
  return {
    ref,
    onFocus: ({ target }: FocusEvent) => { last.current = { control: target, place: controls(ref.current).indexOf(target as HTMLElement) }; },
    // One that was disabled by its own click has not been left.
    onBlur: ({ target }: FocusEvent) => { if (target.isConnected && !target.matches(':disabled')) last.current = null; },
  };
}
