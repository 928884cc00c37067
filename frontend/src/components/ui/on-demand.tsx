import { t } from 'i18next';
import { type ComponentType, createContext, type KeyboardEvent, type ReactNode, type RefObject, useId, useInsertionEffect, useRef, useState } from 'react';
import { ApiError } from '@/api/error';
import { Button } from '@/components/ui/button';
import { ErrorNote } from '@/components/ui/states';
import { lazyModule } from '@/lib/lazy-module';
import { toast } from '@/lib/toasts';

// What floats above the page, with what places it and keeps the focus in it, is a tenth of the app's code.
// It comes when it is wanted, and what opens it looks and works the same before.

/** Part of the page can't be fetched. */
export const missing = () => new ApiError(0, 'network', () => t('error.part'));

/** Says that what was to open can't be fetched. */
export const sayMissing = () => { toast({ text: missing().detail }); };

/** A part of the page that is fetched when it is first shown, with `fallback` in its place until then. */
export function onDemand<Props extends object>(load: () => Promise<{ default: ComponentType<Props> }>) {
  const useModule = lazyModule(load);
  return function OnDemand({ fallback = null, ...props }: Props & { fallback?: ReactNode }) {
    const [isMissing, setMissing] = useState(false);
    const Part = useModule(!isMissing, () => { setMissing(true); })?.default as ComponentType<object> | undefined;
    if (Part) return <Part {...props} />;
    return isMissing ? <ErrorNote error={missing()}><Button size="sm" variant="secondary" onClick={() => { setMissing(false); }}>{t('failed.again')}</Button></ErrorNote> : fallback;
  };
}

/** What had the focus when something was opened. Of a menu that is gone by the time that what its item opens is closed, its button. */
export function openerNow(): HTMLElement | null {
  const now = document.activeElement as HTMLElement | null;
  const menu = now?.closest('[role=menu]');
  return menu ? document.getElementById(menu.getAttribute('aria-labelledby') ?? '') : now;
}

/** The opener of a dialog that had to be fetched first: when it is there, the menu that it was opened from is not. */
export const Opener = createContext<RefObject<HTMLElement | null> | null>(null);

interface Opened {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

/** A dialog that is fetched when it is opened for the first time. */
export function whenOpened<Props extends Opened>(load: () => Promise<{ default: ComponentType<Props> }>) {
  const useModule = lazyModule(load);
  return function WhenOpened(props: Props) {
    const [isWanted, setWanted] = useState(props.open);
    if (props.open && !isWanted) setWanted(true);
    const opener = useRef<HTMLElement | null>(null);
    // Before a field in the dialog gets the focus, by `autoFocus`. A dialog that is there already looks for itself, and before this.
    useInsertionEffect(() => { opener.current = props.open ? openerNow() : null; }, [props.open]);
    const Content = useModule(props.open, () => {
      props.onOpenChange(false);
      sayMissing();
    })?.default;
    return isWanted && Content && <Opener value={opener}><Content {...props} /></Opener>;
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
    /** Whether it is to be there, open or not. */
    isNear,
    /** Where it can't be fetched that is said once it was to open: being near is not asking for it. */
    onMissing: open ? () => {
      setOpen(false);
      sayMissing();
    } : undefined,
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
