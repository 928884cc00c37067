import { sharedValue } from '@/lib/shared-value';

interface Content {
  text: string;
  action?: { label: string; run: () => void };
  /** Its time is over, or it was closed, and the action was not taken. */
  onDone?: () => void;
}

export interface Toast extends Content {
  id: number;
}

let last = 0;

/** What the page has to say in passing. */
export const toasts = sharedValue<readonly Toast[]>([]);

/** Says something; what comes back takes it from the page, as if its time were over. */
export function toast(content: Content): () => void {
  last += 1;
  const id = last;
  toasts.set([...toasts.get(), { ...content, id }]);
  return () => { endToast(id); };
}

function take(id: number): Toast | undefined {
  const found = toasts.get().find((toast) => toast.id === id);
  if (found) toasts.set(toasts.get().filter((toast) => toast !== found));
  return found;
}

export const endToast = (id: number) => take(id)?.onDone?.();

export const actOnToast = (id: number) => take(id)?.action?.run();
