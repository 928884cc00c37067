import { Brain, ChevronRight, CircleAlert, Loader, type LucideIcon, Wrench } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeBlock } from '@/features/chat/markdown/code-block';
import { Markdown } from '@/features/chat/markdown/markdown';
import { cn } from '@/lib/cn';

interface CardProps {
  icon: LucideIcon;
  title: string;
  isUnderway: boolean;
  tone?: 'danger' | undefined;
  children: ReactNode;
}

/** What an answer was made of, folded: its inside is on the page only when it is open. */
function Card({ icon: Icon, title, isUnderway, tone, children }: CardProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details open={isOpen} onToggle={(event) => { setOpen(event.currentTarget.open); }} className="my-3 rounded-xl border border-line bg-surface text-sm">
      <summary className={cn('flex list-none items-center gap-2.5 rounded-xl px-3.5 py-2.5 text-ink-soft hover:text-ink [&::-webkit-details-marker]:hidden', tone === 'danger' && 'text-danger')}>
        {isUnderway ? <Loader className="size-4 shrink-0 animate-spin" aria-hidden /> : <Icon className="size-4 shrink-0" aria-hidden />}
        <span className="min-w-0 flex-1 truncate"><bdi>{title}</bdi></span>
        <ChevronRight className={cn('size-4 shrink-0 text-ink-faint transition-transform rtl:-scale-x-100', isOpen && 'rotate-90 rtl:rotate-90')} aria-hidden />
      </summary>
      {isOpen && <div className="max-h-96 overflow-y-auto border-t border-line px-3.5 py-3" tabIndex={0}>{children}</div>}
    </details>
  );
}

/** What a model thought before it answered. */
export function ReasoningCard({ text, isUnderway }: { text: string; isUnderway: boolean }) {
  const { t } = useTranslation('chat');
  return (
    <Card icon={Brain} title={t(isUnderway ? 'message.reasoningUnderway' : 'message.reasoning')} isUnderway={isUnderway}>
      <div className="text-ink-soft"><Markdown text={text} passages={[]} isGrowing={isUnderway} /></div>
    </Card>
  );
}

export interface ToolUse {
  name: string;
  input: unknown;
  /** Null as long as the tool runs. */
  result: string | null;
  hasFailed?: boolean;
}

/** A tool that a model used: what it was given, and what came back. */
export function ToolCard({ name, input, result, hasFailed = false }: ToolUse) {
  const { t } = useTranslation('chat');
  const isUnderway = result === null;
  const given = typeof input === 'string' ? input : JSON.stringify(input, null, 2);
  return (
    <Card icon={hasFailed ? CircleAlert : Wrench} tone={hasFailed ? 'danger' : undefined} title={t(hasFailed ? 'tool.failed' : isUnderway ? 'tool.using' : 'tool.used', { name })} isUnderway={isUnderway}>
      <p className="mb-1.5 text-xs font-medium text-ink-faint">{t('tool.input')}</p>
      <CodeBlock code={given} language="json" />
      {result !== null && (
        <>
          <p className="mt-4 mb-1.5 text-xs font-medium text-ink-faint">{t('tool.result')}</p>
          <CodeBlock code={result} language={/^\s*[[{]/.test(result) ? 'json' : ''} />
        </>
      )}
    </Card>
  );
}
