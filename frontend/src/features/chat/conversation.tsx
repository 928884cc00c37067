import { useQuery } from '@tanstack/react-query';
import { ArrowDown, RotateCw, Sparkles, WifiOff } from 'lucide-react';
import { useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useShallow } from 'zustand/shallow';
import type { Bot } from '@/api/types';
import { Avatar } from '@/components/avatar';
import { Button } from '@/components/ui/button';
import { ErrorNote, Failed, Loading } from '@/components/ui/states';
import { meQuery } from '@/features/auth/api';
import { botsQuery } from '@/features/bots/api';
import { withAnswers } from '@/features/chat/answer';
import { ask, attach, retry, stop, useAnswers } from '@/features/chat/answers';
import { chatQuery, historyQuery } from '@/features/chat/api';
import { BotPicker } from '@/features/chat/bot-picker';
import { Composer } from '@/features/chat/composer';
import { Message } from '@/features/chat/message';
import { useDraft } from '@/features/chat/use-draft';
import { useStickToEnd } from '@/features/chat/use-stick-to-end';
import { usePreferences } from '@/lib/preferences';

interface Props {
  /** None for a chat that begins with the next message. */
  chatId: string | undefined;
  /** The bot that a new chat was opened for. */
  botId: string | undefined;
  onChat: (chatId: string) => void;
}

const nobody: Bot[] = [];

export function Conversation({ chatId, botId, onChat }: Props) {
  const { t } = useTranslation('chat');
  const bots = useQuery(botsQuery);
  const me = useQuery(meQuery);
  const chat = useQuery({ ...chatQuery(chatId ?? ''), enabled: chatId !== undefined });
  const history = useQuery({ ...historyQuery(chatId ?? ''), enabled: chatId !== undefined });
  // A new chat has no id until the service has taken its first question.
  const [newKey, setNewKey] = useState<string | null>(null);
  const answers = useAnswers(useShallow((state) => Object.values(state.answers).filter((answer) => (chatId ? answer.chatId === chatId : answer.key === newKey))));
  const answer = answers.at(-1);
  const finished = useAnswers((state) => (chatId && state.finished?.chatId === chatId ? state.finished : null));
  const { lastBotId, setLastBotId } = usePreferences();
  const [choice, setChoice] = useState<{ chatId: string | undefined; botId: string } | null>(null);
  const [draft, setDraft, restoreDraft] = useDraft(chatId);
  const [problem, setProblem] = useState<{ chatId: string | undefined; error: unknown } | null>(null);

  const all = bots.data ?? nobody;
  const find = (id: string | null | undefined) => all.find((bot) => bot.id === id);
  const chosen = choice?.chatId === chatId ? choice?.botId : null;
  const bot = chatId
    ? find(chosen) ?? find(chat.data?.bot_id ?? answer?.botId)
    : find(chosen) ?? find(botId) ?? find(lastBotId) ?? all[0];
  const botName = bot?.name ?? t('answer');

  const messages = useMemo(() => withAnswers(history.data?.messages ?? [], answers), [history.data, answers]);
  const last = messages.at(-1);
  const { scroller, content, isAtEnd, toEnd } = useStickToEnd();

  useEffect(() => { toEnd(); }, [chatId, toEnd]);

  const unfinished = history.data?.messages.find(({ status }) => status === 'streaming')?.id;
  useEffect(() => {
    if (chatId && unfinished) attach(chatId, unfinished);
  }, [chatId, unfinished]);

  // Where the user is when the service has taken the question.
  const shown = useRef<{ chatId: string | undefined } | null>(null);
  useEffect(() => {
    shown.current = { chatId };
    return () => { shown.current = null; };
  }, [chatId]);

  const send = async (text: string) => {
    if (!bot) return;
    const key = crypto.randomUUID();
    setProblem(null);
    setLastBotId(bot.id);
    if (!chatId) setNewKey(key);
    toEnd();
    try {
      const id = await ask({ key, botId: bot.id, chatId: chatId ?? null, text, useRag: bot.rag_enabled });
      if (!chatId && shown.current && shown.current.chatId === undefined) onChat(id);
    } catch (error) {
      restoreDraft(text);
      setProblem({ chatId, error });
    }
  };
  const sendDraft = () => {
    setDraft('');
    void send(draft.trim());
  };
  const lastQuestion = messages.findLast(({ role }) => role === 'user')?.content;
  const again = last?.error && lastQuestion && !answer ? () => { void send(lastQuestion); } : undefined;

  if (chatId && history.isError && messages.length === 0) {
    return <div className="mx-auto w-full max-w-3xl p-6 sm:p-10"><Failed error={history.error} onRetry={() => void history.refetch()} /></div>;
  }

  return (
    <div className="flex h-full min-h-0 flex-col">
      <div ref={scroller} className="relative min-h-0 flex-1 overflow-y-auto" tabIndex={-1}>
        <div ref={content} className="mx-auto flex min-h-full max-w-3xl flex-col px-4 py-6 sm:px-8 sm:py-10">
          {messages.length === 0 && !chatId && <Welcome bot={bot} isLoading={bots.isPending} onPick={(text) => { void send(text); }} />}
          {messages.length === 0 && chatId && (history.isPending ? <Loading rowClassName="h-20" className="space-y-6" /> : <p className="m-auto text-sm text-ink-faint">{t('empty')}</p>)}
          <div className="space-y-8">
            {messages.map((message) => (
              <Message key={message.id} message={message} botName={botName} onAgain={message.id === last?.id ? again : undefined} />
            ))}
          </div>
        </div>
      </div>

      {/* Read out when an answer is whole, not at each word of it. */}
      <div aria-live="polite" className="sr-only">
        {finished && <><p>{botName}</p><p>{finished.failure?.detail ?? finished.text}</p></>}
      </div>

      <div className="relative mx-auto w-full max-w-3xl px-3 pb-3 sm:px-8 sm:pb-5">
        {!isAtEnd && (
          <Button variant="secondary" size="icon" aria-label={t('toNewest')} className="absolute inset-x-0 -top-12 mx-auto rounded-full shadow-soft" onClick={() => { toEnd('smooth'); }}>
            <ArrowDown />
          </Button>
        )}
        {answer?.phase === 'reconnecting' && <Banner>{t('reconnecting')}</Banner>}
        {answer?.phase === 'lost' && (
          <Banner>
            <span className="flex-1">{t('lost')}</span>
            <Button size="sm" variant="secondary" onClick={() => { retry(answer.key); }}><RotateCw /> {t('reconnect')}</Button>
          </Banner>
        )}
        {problem && problem.chatId === chatId && <ErrorNote error={problem.error} className="mb-2" />}
        {bots.isError && <ErrorNote error={bots.error} className="mb-2" />}
        <Composer
          value={draft}
          onChange={setDraft}
          onSend={sendDraft}
          onStop={answer && answer.phase !== 'lost' ? () => { void stop(answer.key); } : undefined}
          isStopping={answer?.stopping ?? false}
          disabled={!bot}
          placeholder={bot ? t('composer.askBot', { name: bot.name }) : chatId && bots.isSuccess ? t('composer.chooseBot') : t('composer.ask')}
        >
          <BotPicker bots={all} selected={bot} userId={me.data?.id} onSelect={(picked) => { setChoice({ chatId, botId: picked.id }); }} />
        </Composer>
        <p className="mt-2 text-center text-xs text-ink-faint max-sm:hidden">{t('caution')}</p>
      </div>
    </div>
  );
}

const Banner = ({ children }: { children: React.ReactNode }) => (
  <div role="status" className="mb-2 flex animate-rise items-center gap-2.5 rounded-xl border border-line bg-raised px-3.5 py-2 text-sm text-ink-soft">
    <WifiOff className="size-4 shrink-0" aria-hidden />
    {children}
  </div>
);

const ideas = ['help', 'summary', 'sources'] as const;

function Welcome({ bot, isLoading, onPick }: { bot: Bot | undefined; isLoading: boolean; onPick: (text: string) => void }) {
  const { t } = useTranslation('chat');
  return (
    <div className="m-auto flex w-full max-w-xl flex-col items-center py-8 text-center">
      {bot ? <Avatar name={bot.name} icon={bot.icon} className="mb-5 size-14 rounded-2xl text-lg" /> : <Sparkles className="mb-5 size-10 text-mango" aria-hidden />}
      <h1 dir="auto" className="text-2xl font-semibold tracking-tight text-balance">{bot ? bot.name : isLoading ? t('welcome.title') : t('welcome.noBot.title')}</h1>
      <p dir="auto" className="mt-2 leading-7 text-balance text-ink-soft">{bot ? bot.description || t('welcome.askAnything') : isLoading ? '' : t('welcome.noBot.text')}</p>
      {bot && (
        <div className="mt-7 flex flex-wrap justify-center gap-2">
          {(bot.starters.length > 0 ? bot.starters : ideas.map((idea) => t(`ideas.${idea}`))).map((text) => (
            <button key={text} type="button" dir="auto" onClick={() => { onPick(text); }} className="rounded-2xl border border-line bg-surface px-4 py-2 text-start text-sm text-ink-soft wrap-anywhere hover:border-line-strong hover:text-ink">
              {text}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
