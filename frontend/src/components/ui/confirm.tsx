import type { ReactNode } from 'react';
import { whenOpened } from '@/components/ui/on-demand';

export interface ConfirmProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: string;
  children: ReactNode;
  /** What the button says, e.g. `Delete bot`. */
  action: string;
  onConfirm: () => Promise<unknown>;
}

/** Asks before something that cannot be undone; stays open and says why if it fails. */
export const Confirm = whenOpened<ConfirmProps>(() => import('@/components/ui/confirm-content'));
