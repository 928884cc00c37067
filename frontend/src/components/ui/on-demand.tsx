import { type ComponentType, type KeyboardEvent, lazy, Suspense, useId, useRef, useState } from 'react';

// What floats above the page, with what places it and keeps the focus in it, is a tenth of the app's code.
// It comes when it is wanted, and what opens it looks and works the same before.

/** A dialog that is fetched when it is opened for the first time. */
export function whenOpened<Props extends { open: boolean }>(load: () => Promise<{ default: ComponentType<Props> }>) {
  const Loaded = lazy(load) as unknown as ComponentType<Props>;
  return function WhenOpened(props: Props) {
    const [isWanted, setWanted] = useState(props.open);
    if (props.open && !isWanted) setWanted(true);
    return isWanted && <Suspense fallback={null}><Loaded {...props} /></Suspense>;
  };
}

/** A button that opens something beside it, whose code is fetched as soon as a pointer or the focus is there. */
export function useTrigger(popup: 'menu' | 'dialog') {
  const anchor = useRef<HTMLButtonElement>(null);
  const id = useId();
  const [isNear, setNear] = useState(false);
  const [open, setOpen] = useState(false);
  const near = () => { setNear(true); };
  const change = (next: boolean) => {
    if (next) near();
    setOpen(next);
  };
  return {
    /** Whether to render it, open or not. */
    isNear,
    /** What it has to know. */
    floating: { open, onOpenChange: change, anchor, labelledBy: id },
    /** The button's. */
    trigger: {
      ref: anchor,
      id,
      'aria-haspopup': popup,
      'aria-expanded': open,
      'data-state': open ? 'open' : 'closed',
      onPointerEnter: near,
      onFocus: near,
      onClick: () => { change(!open); },
      ...(popup === 'menu' && {
        onKeyDown: (event: KeyboardEvent) => {
          if (event.key !== 'ArrowDown') return;
          event.preventDefault();
          change(true);
        },
      }),
    },
  };
}

export type Floating = ReturnType<typeof useTrigger>['floating'];
