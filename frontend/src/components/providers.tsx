import { QueryClientProvider } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Direction } from '@/components/direction';
import { queryClient } from '@/lib/query-client';

/** What pages stand in that ask the service for something, or have menus. The sign-in pages do without. */
export const Providers = ({ children }: { children: ReactNode }) => (
  <QueryClientProvider client={queryClient}>
    <Direction>{children}</Direction>
  </QueryClientProvider>
);
