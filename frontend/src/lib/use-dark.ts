import { useSyncExternalStore } from 'react';

const root = document.documentElement;

const subscribe = (changed: () => void) => {
  const observer = new MutationObserver(changed);
  observer.observe(root, { attributeFilter: ['class'] });
  return () => { observer.disconnect(); };
};

/** Whether the page is dark, for what cannot follow by CSS. */
export const useDark = () => useSyncExternalStore(subscribe, () => root.classList.contains('dark'));
