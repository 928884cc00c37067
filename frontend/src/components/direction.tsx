import { Direction as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** Tells Radix which way the language in use is read: arrow keys and the places of menus go by that. */
export function Direction({ children }: { children: ReactNode }) {
  const { i18n } = useTranslation();
  return <Radix.Provider dir={i18n.dir()}>{children}</Radix.Provider>;
}
