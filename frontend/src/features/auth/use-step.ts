import { useState } from 'react';

/** Runs one step of signing in at a time, and keeps what went wrong. */
export function useStep() {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const run = async (step: () => Promise<void>) => {
    setBusy(true);
    setError(null);
    try {
      await step();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };
  return { isBusy, error, run, clear: () => { setError(null); } };
}
