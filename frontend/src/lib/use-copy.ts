import { useEffect, useRef, useState } from 'react';

/** Copies text, and says for two seconds that it did. */
export function useCopy() {
  const [copied, setCopied] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => { clearTimeout(timer.current); }, []);
  const copy = async (text: string) => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return; // no permission, or not a secure page: the text can still be selected
    }
    setCopied(true);
    clearTimeout(timer.current);
    timer.current = setTimeout(() => { setCopied(false); }, 2000);
  };
  return { copied, copy };
}
