import type { ReactNode } from 'react';
import { cn } from '@/lib/cn';

const tones = {
  neutral: 'bg-raised text-ink-soft',
  mango: 'bg-mango-wash text-mango-ink',
  leaf: 'bg-leaf-wash text-leaf',
};

export const Badge = ({ tone = 'neutral', children }: { tone?: keyof typeof tones; children: ReactNode }) => (
  <span className={cn('inline-flex items-center gap-1 rounded-full px-2.5 py-0.5 text-xs font-medium whitespace-nowrap [&_svg]:size-3', tones[tone])}>{children}</span>
);
