import { useMutation, useQuery } from '@tanstack/react-query';
import { RotateCw, WifiOff } from 'lucide-react';
import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot, Message as StoredMessage } from '@/api/types';
import { Button } from '@/components/ui/button';
import { onDemand } from '@/components/ui/on-demand';
import { ErrorNote, Failed, Loading } from '@/components/ui/states';
import { meQuery } from '@/features/auth/api';
import { botQuery, botsQuery } from '@/features/bots/api';
import { type Answer, withAnswers } from '@/features/chat/answer';
import { ask, askAgain, attach, keyOf, retry, stop, useAnswers } from '@/features/chat/answers';
import { chatQuery, historyQuery } from '@/features/chat/api';
import { type Pending, release, useAttachments } from '@/features/chat/attachments/use-attachments';
import { BotPicker } from '@/features/chat/bot-picker';
import { Composer, type ComposerHandle } from '@/features/chat/composer';
import { setEdit } from '@/features/chat/edits';
import { type Problem, SendProblem } from '@/features/chat/ending';
import { showBranch } from '@/features/chat/branches';
import type { MessageActions } from '@/features/chat/message';
import type { MessageListHandle } from '@/features/chat/message-list';
import { useDraft } from '@/features/chat/use-draft';
import { useLiveAnswers } from '@/features/chat/use-live-answers';
import { useOlder } from '@/features/chat/use-older';
import { useSought } from '@/features/chat/use-sought';
import { Welcome } from '@/features/chat/welcome';
import { keepChat } from '@/features/history/deletion';
import { isComposing } from '@/lib/is-composing';
import { usePreferences } from '@/lib/preferences';
import { useOnline } from '@/lib/use-online';

interface Props {
  /** None for a chat that begins with the next message. */
  chatId: string | undefined;
  /** The bot that a new chat was opened for. */
  botId: string | undefined;
  /** The message that the chat was opened for. */
  sought?: string | undefined;
  onFound?: () => void;
  onChat: (chatId: string) => void;
}

const loadList = () => import('@/features/chat/message-list');
// What shows answers is big: it comes while the first question is typed, or with the first message.
const MessageList = onDemand(loadList);
const AttachmentBar = onDemand(() => import('@/features/chat/attachments/attachment-bar'));

const nobody: Bot[] = [];
const nothing: StoredMessage[] = [];
const ideas = ['help', 'summary', 'sources'] as const;
/** As much of an answer is read out by itself, in characters; the rest is there to be read. */
const SPOKEN = 2000;

export function Conversation({ chatId, botId, sought, onFound, onChat }: Props) {
  const { t } = useTranslation('chat');
  const bots = useQuery(botsQuery);
  const me = useQuery(meQuery);
  const chat = useQuery({ ...chatQuery(chatId ?? ''), enabled: chatId !== undefined });
  const history = useQuery({ ...historyQuery(chatId ?? ''), enabled: chatId !== undefined });
  // A new chat has no id until the service has taken its first question.
  const [newKey, setNewKey] = useState<string | null>(null);
  if (chatId !== undefined && newKey !== null) setNewKey(null);
  const answers = useLiveAnswers((answer: Answer) => (chatId ? answer.chatId === chatId : answer.key === newKey));
  const answer = answers.at(-1);
  const finished = useAnswers((state) => (chatId && state.finished?.chatId === chatId ? state.finished : null));
  const { lastBotId, setLastBotId } = usePreferences();
  const [choice, setChoice] = useState<{ chatId: string | undefined; botId: string } | null>(null);
  const draft = useDraft(chatId);
  const [problem, setProblem] = useState<Problem & { chatId: string | undefined; isOfDraft: boolean } | null>(null);
  const isOnline = useOnline();
  const attachments = useAttachments(chatId);
  const isWaiting = attachments.isSending || attachments.files.some(({ problem: fault }) => fault !== null);
  const composer = useRef<ComposerHandle>(null);
  // What had the focus goes, or can't have it any more. On a phone the keyboard would cover the page unasked.
  const toComposer = () => { if (matchMedia('(hover: hover)').matches) composer.current?.focus(); };

  const all = bots.data ?? nobody;
  const find = (id: string | null | undefined) => all.find((bot) => bot.id === id);
  const chosen = choice?.chatId === chatId ? choice?.botId : null;
  // Shared since the list was fetched, or not any more: no other bot is asked in its place.
  const unlisted = useQuery({ ...botQuery(botId ?? ''), enabled: botId !== undefined && bots.isSuccess && !find(botId) });
  const { refetch: listAgain } = bots;
  useEffect(() => { if (unlisted.isSuccess) void listAgain(); }, [unlisted.isSuccess, listAgain]);
  const bot = chatId
    ? find(chosen) ?? find(chat.data?.bot_id ?? (answer ?? finished)?.botId)
    : find(chosen) ?? (botId === undefined ? find(lastBotId) ?? all[0] : find(botId) ?? unlisted.data);
  const botName = bot?.name ?? t('answer');

  const messages = useMemo(() => withAnswers(history.data?.messages ?? nothing, answers), [history.data, answers]);
  const last = messages.at(-1);
  const list = useRef<MessageListHandle>(null);
  const older = useOlder(chatId, history.data?.hasOlder ?? false);
  const notFound = useSought(chatId, sought);
  // A new chat stays the same list when it gets its id.
  const listKey = chatId ? keyOf(chatId) : `${newKey ?? ''}-chat`;

  useEffect(() => {
    const timer = setTimeout(() => { void loadList(); }, 1000);
    return () => { clearTimeout(timer); };
  }, []);

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

  const begin = async (start: (with_: { key: string; botId: string; useRag: boolean }) => Promise<string>, { onTaken, onRefused }: { onTaken?: () => void; onRefused?: () => void } = {}) => {
    if (!bot) return;
    // Whoever goes on with a chat has changed their mind about deleting it.
    if (chatId) keepChat(chatId);
    const key = crypto.randomUUID();
    const askedFrom = shown.current;
    toComposer();
    setProblem(null);
    setLastBotId(bot.id);
    if (!chatId) setNewKey(key);
    list.current?.toEnd();
    try {
      const id = await start({ key, botId: bot.id, useRag: bot.rag_enabled });
      onTaken?.();
      if (chatId || !askedFrom || shown.current !== askedFrom) return;
      draft.moveTo(id);
      attachments.moveTo(id);
      onChat(id);
    } catch (error) {
      onRefused?.();
      setProblem({ chatId, error, at: Date.now(), isOfDraft: onRefused !== undefined });
    }
  };
  const send = (text: string, files: Pending[] = []) => {
    const attached = files.flatMap(({ attachment }) => attachment ?? []);
    return begin((known) => ask({ ...known, chatId: chatId ?? null, text, parentId: last?.id, attachments: attached }), {
      onTaken: () => { release(files); },
      onRefused: () => {
        draft.restore(text);
        attachments.put(files);
      },
    });
  };
  const choose = (picked: Bot) => { setChoice({ chatId, botId: picked.id }); };
  const sendDraft = () => {
    const text = draft.text.trim();
    const files = attachments.take();
    draft.write('');
    void send(text, files);
  };
  const branch = useMutation(showBranch);
  // The same functions as long as they can be, so that messages are not drawn again.
  const does = useRef<Omit<MessageActions, 'chatId' | 'isBusy'> | null>(null);
  useEffect(() => {
    does.current = {
      onEdit: ({ id, attachments: files }, text) => {
        if (chatId) void begin((known) => ask({ ...known, chatId, text, editOf: id, attachments: files }), { onTaken: () => { setEdit(id, null); } });
      },
      onRegenerate: ({ id }) => { if (chatId) void begin((known) => askAgain({ ...known, chatId, answerId: id })); },
      onShow: (id) => {
        if (!chatId) return;
        list.current?.follow(id);
        branch.mutate({ chatId, messageId: id }, { onError: (error) => { setProblem({ chatId, error, at: Date.now(), isOfDraft: false }); } });
      },
    };
  });
  const isBusy = answer !== undefined || branch.isPending || !bot;
  const actions = useMemo(
    (): MessageActions | undefined => chatId === undefined ? undefined : {
      chatId,
      isBusy,
      onEdit: (message, text) => does.current?.onEdit(message, text),
      onRegenerate: (message) => does.current?.onRegenerate(message),
      onShow: (id) => does.current?.onShow(id),
    },
    [chatId, isBusy],
  );
  const failed = last?.error && !isBusy ? last : null;
  const again = useCallback(() => { if (failed) actions?.onRegenerate(failed); }, [failed, actions]);

  // Escape stops, unless it is for something else, such as a menu.
  const stopKey = answer && answer.phase !== 'lost' && !answer.stopping ? answer.key : null;
  useEffect(() => {
    if (!stopKey) return;
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.key === 'Escape' && !event.defaultPrevented && !isComposing(event)) void stop(stopKey);
    };
    addEventListener('keydown', onKeyDown);
    return () => { removeEventListener('keydown', onKeyDown); };
  }, [stopKey]);

  const starters = bot?.starters.length ? bot.starters : ideas.map((idea) => t(`ideas.${idea}`));

  if (chatId && history.isError && messages.length === 0) {
    return <div className="mx-auto w-full max-w-3xl p-6 sm:p-10"><Failed error={history.error} onRetry={() => void history.refetch()} /></div>;
  }

  const waiting = <div className="mx-auto min-h-0 w-full max-w-3xl flex-1 px-4 py-10 sm:px-8"><Loading rowClassName="h-20" className="space-y-6" /></div>;

  return (
    <div className="flex h-full min-h-0 flex-col">
      {messages.length > 0 ? (
        <MessageList
          key={listKey}
          fallback={waiting}
          ref={list}
          messages={messages}
          older={older}
          sought={sought}
          onFound={onFound}
          propsOf={(message) => ({ botName, botIcon: bot?.icon, actions, onAgain: message.id === failed?.id ? again : undefined })}
        />
      ) : chatId && history.isPending ? waiting : (
        <div className="flex min-h-0 flex-1 flex-col overflow-y-auto px-4 sm:px-8">
          {chatId ? <p className="m-auto text-sm text-ink-faint">{t('empty')}</p> : <Welcome bot={bot} isLoading={bots.isPending} starters={starters} onPick={(text) => { void send(text); }} />}
        </div>
      )}

      {/* Read out when an answer is whole, not at each word of it. */}
      <div aria-live="polite" className="sr-only">
        {finished && <><p>{botName}</p><p>{finished.failure?.detail ?? finished.text.slice(0, SPOKEN)}</p></>}
      </div>

      <div className="relative mx-auto w-full max-w-3xl px-3 pb-3 sm:px-8 sm:pb-5">
        {!isOnline && !answer && <Banner>{t('offline')}</Banner>}
        {answer?.phase === 'reconnecting' && <Banner>{t('reconnecting')}</Banner>}
        {answer?.phase === 'lost' && (
          <Banner>
            <span className="flex-1">{t('lost')}</span>
            <Button size="sm" variant="secondary" onClick={() => { retry(answer.key); }}><RotateCw /> {t('reconnect')}</Button>
          </Banner>
        )}
        {problem && problem.chatId === chatId && <SendProblem key={problem.at} problem={problem} onSend={problem.isOfDraft && draft.text.trim() && bot && !answer && !isWaiting ? sendDraft : undefined} />}
        {notFound !== null && <ErrorNote error={notFound} className="mb-2" />}
        {unlisted.isError && !bot && <ErrorNote error={unlisted.error} className="mb-2" />}
        {bots.isError && <ErrorNote error={bots.error} className="mb-2" />}
        <Composer
          ref={composer}
          value={draft.text}
          onChange={draft.write}
          onSend={sendDraft}
          onStop={answer && answer.phase !== 'lost' ? () => {
            toComposer();
            void stop(answer.key);
          } : undefined}
          isStopping={answer?.stopping ?? false}
          disabled={!bot}
          choices={{ bots: all, onBot: choose, starters }}
          attachments={attachments.files.length > 0 && <AttachmentBar files={attachments.files} isFull={attachments.isFull} onRemove={attachments.remove} />}
          isWaiting={isWaiting}
          onFiles={attachments.add}
          placeholder={bot ? t('composer.askBot', { name: bot.name }) : (chatId || unlisted.isError) && bots.isSuccess ? t('composer.chooseBot') : t('composer.ask')}
        >
          <BotPicker bots={all} selected={bot} userId={me.data?.id} onSelect={choose} />
        </Composer>
        <p className="mt-2 text-center text-xs text-ink-faint max-sm:hidden">{t('caution')} {t('suggest.hint')}</p>
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
