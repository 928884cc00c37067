import { Sparkles } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '@/api/types';
import { Avatar } from '@/components/avatar';

interface Props {
  bot: Bot | undefined;
  isLoading: boolean;
  /** What may be asked to begin with. */
  starters: string[];
  onPick: (text: string) => void;
}

/** Where a chat begins. */
export function Welcome({ bot, isLoading, starters, onPick }: Props) {
  const { t } = useTranslation('chat');
  return (
    <div className="m-auto flex w-full max-w-xl flex-col items-center py-8 text-center">
      {bot ? <Avatar name={bot.name} icon={bot.icon} className="mb-5 size-14 rounded-2xl text-lg" /> : <Sparkles className="mb-5 size-10 text-mango" aria-hidden />}
      <h1 dir="auto" className="text-2xl font-semibold tracking-tight text-balance">{bot ? bot.name : isLoading ? t('welcome.title') : t('welcome.noBot.title')}</h1>
      <p dir="auto" className="mt-2 leading-7 text-balance text-ink-soft">{bot ? bot.description || t('welcome.askAnything') : isLoading ? '' : t('welcome.noBot.text')}</p>
      {bot && (
        <div className="mt-7 flex flex-wrap justify-center gap-2">
          {starters.map((starter) => (
            <button key={starter} type="button" dir="auto" onClick={() => { onPick(starter); }} className="rounded-2xl border border-line bg-surface px-4 py-2 text-start text-sm text-ink-soft wrap-anywhere hover:border-line-strong hover:text-ink">
              {starter}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
