import { useEffect, useEffectEvent, useState } from 'react';

/**
 * A hook that loads a module when the first one needs it, and gives it at once to all later ones, so that what is
 * drawn with it does not flash. Undefined until it is there. If it cannot be loaded, `onMissing` hears so, and it is
 * tried again by the next one, or when the `need` of this one is another.
 */
export function lazyModule<Module>(load: () => Promise<Module>) {
  let loaded: Module | undefined;
  let loading: Promise<Module> | undefined;
  return function useModule(need: unknown = true, onMissing?: () => void): Module | undefined {
    const [module, setModule] = useState(() => loaded);
    const say = useEffectEvent(() => onMissing?.());
    const isAsked = onMissing !== undefined;
    useEffect(() => {
      if (!need || module) return;
      let isShown = true;
      loading ??= load();
      loading.then(
        (found) => {
          loaded = found;
          if (isShown) setModule(() => found);
        },
        () => {
          loading = undefined;
          if (isShown) say();
        },
      );
      return () => { isShown = false; };
    }, [need, isAsked, module]);
    return module;
  };
}
