import { type FocusEvent, useEffect, useLayoutEffect, useRef } from 'react';

const controls = (list: Element | null) => [...(list?.querySelectorAll<HTMLElement>('a, button:not(:disabled)') ?? [])];

/** For a list: when what has the focus goes away with its row or its reason, the focus goes to what takes its place. */
export function useKeptFocus<E extends HTMLElement>() {
  const ref = useRef<E>(null);
  const last = useRef<{ control: HTMLElement; place: number } | null>(null);
  useLayoutEffect(() => {
    if (!last.current || document.activeElement !== document.body) return;
    const { control, place } = last.current;
    if (control.isConnected) {
      // It could not have the focus while it worked; what that has brought is what is looked at.
      if (!control.matches(':disabled')) control.focus({ preventScroll: true });
      return;
    }
    const all = controls(ref.current);
    (all[Math.min(place, all.length - 1)] ?? document.getElementById('main'))?.focus();
  });
  // Who went elsewhere while it could not have the focus is there.
  useEffect(() => {
    const leave = ({ target }: Event) => { if (!ref.current?.contains(target as Node)) last.current = null; };
    document.addEventListener('focusin', leave);
    document.addEventListener('pointerdown', leave);
    return () => {
      document.removeEventListener('focusin', leave);
      document.removeEventListener('pointerdown', leave);
    };
  }, []);
  return {
    ref,
    onFocus: ({ target }: FocusEvent) => {
      const control = target as HTMLElement;
      last.current = { control, place: controls(ref.current).indexOf(control) };
    },
    // One that was disabled by its own click has not been left.
    onBlur: ({ target }: FocusEvent) => { if (target.isConnected && !target.matches(':disabled')) last.current = null; },
  };
}
