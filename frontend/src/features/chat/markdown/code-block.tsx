import { Check, Copy } from 'lucide-react';
import { memo, type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { lazyModule } from '@/lib/lazy-module';
import { useCopy } from '@/lib/use-copy';

const useHighlight = lazyModule(() => import('@/features/chat/markdown/highlight'));

/** Code longer than this stays plain: colouring it would halt the page. Less while it grows, as it is done at each step. */
const [MOST, MOST_GROWING] = [60_000, 4_000];
/** Lines that are laid out together. */
const LINES = 60;

interface Props {
  code: string;
  language: string;
  isGrowing?: boolean;
  /** Beside the button that copies. */
  actions?: ReactNode;
}

export function CodeBlock({ code, language, isGrowing = false, actions }: Props) {
  const { t } = useTranslation('chat');
  const highlight = useHighlight()?.highlight;
  const { copied, copy } = useCopy();
  const coloured = useMemo(
    () => (code.length <= (isGrowing ? MOST_GROWING : MOST) ? highlight?.(code, language) : null),
    [code, language, isGrowing, highlight],
  );
  return (
    <div dir="ltr" className="code-block overflow-hidden rounded-xl border border-line bg-code">
      <div className="flex h-9 items-center justify-between gap-1 border-b border-line ps-4 pe-1 text-xs text-ink-faint">
        <span className="me-auto truncate font-mono">{language || t('code.plain')}</span>
        {actions}
        <button type="button" onClick={() => { void copy(code); }} className="flex items-center gap-1.5 rounded-lg px-2.5 py-1.5 hover:bg-raised hover:text-ink">
          {copied ? <Check className="size-3.5" aria-hidden /> : <Copy className="size-3.5" aria-hidden />}
          {copied ? t('code.copied') : t('code.copy')}
        </button>
      </div>
      {/* Scrollable by keyboard too. */}
      <pre tabIndex={0} className="overflow-x-auto p-4 font-mono text-[0.8125rem] leading-6 focus-visible:-outline-offset-2">
        <code>{coloured ?? <Plain code={code} />}</code>
      </pre>
    </div>
  );
}

/** In pieces, of which only the last is new while the code grows. */
function Plain({ code }: { code: string }) {
  const pieces = useMemo(() => {
    const lines = code.split('\n');
    return Array.from({ length: Math.ceil(lines.length / LINES) }, (_, index) => lines.slice(index * LINES, (index + 1) * LINES).join('\n'));
  }, [code]);
  if (pieces.length === 1) return code;
  return pieces.map((piece, index) => <Piece key={index} text={index < pieces.length - 1 ? `${piece}\n` : piece} />);
}

const Piece = memo(function Piece({ text }: { text: string }) {
  return <span className="block">{text}</span>;
});
