import { useEffect, useState } from 'react';

/**
 * A hook that loads a module when the first one needs it, and gives it at once to all later ones, so that what is
 * drawn with it does not flash. Undefined until it is there; if it cannot be loaded, the next one tries again.
 */
export function lazyModule<Module>(load: () => Promise<Module>) {
  let loaded: Module | undefined;
  let loading: Promise<Module> | undefined;
  return function useModule(isNeeded = true): Module | undefined {
    const [module, setModule] = useState(() => loaded);
    useEffect(() => {
      if (!isNeeded || module) return;
      let isShown = true;
      loading ??= load();
      loading.then(
        (found) => {
          loaded = found;
          if (isShown) setModule(() => found);
        },
        () => { loading = undefined; },
      );
      return () => { isShown = false; };
    }, [isNeeded, module]);
    return module;
  };
}
