import { Check, Copy } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCopy } from '@/lib/use-copy';

type Highlight = (code: string, language: string) => ReactNode;

export function CodeBlock({ code, language }: { code: string; language: string }) {
  const { t } = useTranslation('chat');
  const [highlight, setHighlight] = useState<Highlight | null>(null);
  const { copied, copy } = useCopy();
  useEffect(() => {
    let isShown = true;
    // If it cannot be loaded the code stays plain.
    void import('@/features/chat/highlight').then((module) => { if (isShown) setHighlight(() => module.highlight); }, () => undefined);
    return () => { isShown = false; };
  }, []);
  return (
    <div dir="ltr" className="code-block overflow-hidden rounded-xl border border-line bg-code">
      <div className="flex h-9 items-center justify-between border-b border-line ps-4 pe-1 text-xs text-ink-faint">
        <span className="font-mono">{language || t('code.plain')}</span>
        <button type="button" onClick={() => { void copy(code); }} className="flex items-center gap-1.5 rounded-lg px-2.5 py-1.5 hover:bg-raised hover:text-ink">
          {copied ? <Check className="size-3.5" aria-hidden /> : <Copy className="size-3.5" aria-hidden />}
          {copied ? t('code.copied') : t('code.copy')}
        </button>
      </div>
      {/* Scrollable by keyboard too. */}
      <pre tabIndex={0} className="overflow-x-auto p-4 font-mono text-[0.8125rem] leading-6 focus-visible:-outline-offset-2">
        <code>{highlight?.(code, language) ?? code}</code>
      </pre>
    </div>
  );
}
