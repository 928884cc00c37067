import { Link } from '@tanstack/react-router';
import { CircleAlert, CircleStop, type LucideIcon, MessageSquarePlus, RotateCw, WifiOff } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ApiError } from '@/api/error';
import { Button } from '@/components/ui/button';
import { ErrorNote } from '@/components/ui/states';
import { cn } from '@/lib/cn';
import { number } from '@/lib/format';
import { useCountdown } from '@/lib/use-countdown';

/** A model that is busy is not asked again at once, in seconds. */
const PAUSE = 15;

interface NoteProps {
  icon: LucideIcon;
  title: string;
  isQuiet?: boolean;
  isAlert?: boolean;
  className?: string;
  text?: ReactNode;
  children?: ReactNode;
}

function Note({ icon: Icon, title, isQuiet = false, isAlert = false, className, text, children }: NoteProps) {
  return (
    <div role={isAlert ? 'alert' : undefined} className={cn('flex flex-wrap items-center gap-x-3 gap-y-2 rounded-xl px-3.5 py-2.5 text-sm', isQuiet ? 'bg-raised text-ink-soft' : 'bg-danger-wash text-danger', className)}>
      <Icon className="size-4 shrink-0" aria-hidden />
      <p className="min-w-0 flex-1 leading-6 wrap-anywhere">
        <strong className="font-semibold">{title}</strong>
        {text && <> · {text}</>}
      </p>
      {children}
    </div>
  );
}

/** Asks again, once the time for it has come. */
function Again({ at, label, onClick }: { at: number; label: string; onClick: () => void }) {
  const { t } = useTranslation('chat');
  const seconds = useCountdown(at);
  return (
    <Button size="sm" variant="secondary" disabled={seconds > 0} onClick={onClick} className="tabular-nums">
      <RotateCw /> {seconds > 0 ? t('hint.wait', { seconds: number(seconds) }) : label}
    </Button>
  );
}

/** Those that we have words for; of any other it is said that the answer failed. */
const endings = ['stopped', 'throttled', 'timed_out', 'context_too_long', 'model_refused', 'model_unavailable', 'interrupted'] as const;

interface EndingProps {
  code: string;
  detail: string;
  /** When the answer began. */
  since: string;
  onAgain?: (() => void) | undefined;
}

/** Why an answer is not whole, and what helps. That the user stopped it is no error. */
export function Ending({ code, detail, since, onAgain }: EndingProps) {
  const { t } = useTranslation('chat');
  const isStopped = code === 'stopped';
  const isTooLong = code === 'context_too_long';
  const at = code === 'throttled' ? Date.parse(since) + PAUSE * 1000 : 0;
  return (
    <Note
      icon={isStopped ? CircleStop : CircleAlert}
      title={t(`ending.${endings.find((ending) => ending === code) ?? 'internal'}`)}
      isQuiet={isStopped}
      className="mt-3"
      text={isStopped ? null : isTooLong ? t('hint.context_too_long') : code === 'throttled' ? t('hint.throttled') : <bdi>{detail}</bdi>}
    >
      {isTooLong && <Button asChild size="sm" variant="secondary"><Link to="/chat/{-$chatId}" params={{ chatId: undefined }}><MessageSquarePlus /> {t('hint.newChat')}</Link></Button>}
      {onAgain && !isTooLong && <Again at={at} label={t('message.again')} onClick={onAgain} />}
    </Note>
  );
}

export interface Problem {
  error: unknown;
  /** When it occurred. */
  at: number;
}

/** Why a question was not taken. What was typed is in the composer again. */
export function SendProblem({ problem: { error, at }, onSend }: { problem: Problem; onSend: (() => void) | undefined }) {
  const { t } = useTranslation('chat');
  const send = (from: number) => onSend && <Again at={from} label={t('problem.send')} onClick={onSend} />;
  if (error instanceof ApiError && error.status === 0 && !navigator.onLine) return <Note isAlert className="mb-2" icon={WifiOff} title={t('problem.offline')} text={t('problem.offlineText')}>{send(0)}</Note>;
  if (error instanceof ApiError && error.status === 401) return <Note isAlert className="mb-2" icon={CircleAlert} title={t('problem.signedOut')} text={t('problem.signedOutText')} />;
  if (error instanceof ApiError && (error.status === 429 || error.retryAfter !== null)) {
    return <Note isAlert className="mb-2" icon={CircleAlert} title={t('ending.throttled')} text={<bdi>{error.detail}</bdi>}>{send(at + (error.retryAfter ?? PAUSE) * 1000)}</Note>;
  }
  return <ErrorNote error={error} className="mb-2">{send(0)}</ErrorNote>;
}
