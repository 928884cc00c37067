import type { ReactNode } from 'react';
import { whenOpened } from '@/components/ui/on-demand';

export interface DialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  title: ReactNode;
  description?: ReactNode;
  children?: ReactNode;
  /** A drawer comes in from where lines begin; its title is only read out. */
  side?: 'center' | 'start';
  className?: string;
}

export const Dialog = whenOpened<DialogProps>(() => import('@/components/ui/dialog-content'));
