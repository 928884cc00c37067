import { create } from 'zustand';
import type { Stream } from '@/api/client';
import { ApiError } from '@/api/error';
import type { Attachment, Message } from '@/api/types';
import { type Answer, applyEvent, newAnswer, TextMissing, withAnswers } from '@/features/chat/answer';
import { answerStream, askAgainStream, askStream, chatsPage, chatsQuery, historyQuery, type LoadedHistory, stopAnswer } from '@/features/chat/api';
import { queryClient } from '@/lib/query-client';
import { readSse } from '@/lib/sse';

/** Pauses before each try to reconnect; after the last the user decides. About two minutes. */
const PAUSES_MS = [250, 1000, 2000, 4000, 8000, 15_000, 30_000, 30_000, 30_000];

/** So long may it take to find out whether a question has arrived; what was typed is back in its field then. */
const PATIENCE_MS = 10_000;

interface State {
  /** Those in flight, by their key. An answer that has ended is in its chat's history instead. */
  answers: Record<string, Answer>;
  /** The last that ended, to be read out. */
  finished: Answer | null;
}

export const useAnswers = create<State>(() => ({ answers: {}, finished: null }));

const keys = new Map<string, string>();

/** What a message or chat was called before the service gave it its id, so that it stays the same on the page. */
export const keyOf = (id: string) => keys.get(id) ?? id;

/** What was on the page by its id before keeps that name. */
function keepName(id: string | null) {
  if (id && !keys.has(id)) keys.set(id, id);
}

const get = (key: string) => useAnswers.getState().answers[key];

function update(key: string, change: (answer: Answer) => Answer) {
  useAnswers.setState(({ answers }) => {
    const answer = answers[key];
    return answer ? { answers: { ...answers, [key]: change(answer) } } : { answers };
  });
}

const put = (answer: Answer) => {
  // A question that was there before has its name.
  const questionId = answer.question === null ? null : answer.userMessageId;
  for (const [id, name] of [[answer.messageId, ''], [questionId, '-question'], [answer.chatId, '-chat']] as const) {
    if (id && !keys.has(id)) keys.set(id, answer.key + name);
  }
  useAnswers.setState(({ answers }) => ({ answers: { ...answers, [answer.key]: answer } }));
};

const remove = (key: string) => {
  useAnswers.setState(({ answers }) => {
    const others = { ...answers };
    Reflect.deleteProperty(others, key);
    return { answers: others };
  });
};

export interface Question {
  /** The answer's key in the store. */
  key: string;
  botId: string;
  chatId: string | null;
  text: string;
  useRag: boolean;
  /** The last message that is shown: the question follows it, whatever another tab shows meanwhile. */
  parentId?: string | null | undefined;
  /** The question that this one is asked instead of. */
  editOf?: string | undefined;
  attachments?: Attachment[] | undefined;
}

/** Another answer, instead of one that is there. */
export interface Again {
  key: string;
  botId: string;
  chatId: string;
  answerId: string;
  useRag: boolean;
}

/**
 * Asks, and follows the answer until it ends. Resolves with the chat's id as soon as the service has
 * taken the question; throws an {@link ApiError} if it has not, and then nothing stays in the store.
 */
export function ask({ key, botId, chatId, text, useRag, parentId, editOf, attachments = [] }: Question): Promise<string> {
  const known = newAnswer({ key, botId, chatId, question: text, attachments, insteadOf: editOf ?? null, parentId: editOf ? null : parentId ?? null });
  const place = editOf ? { edit_of: editOf } : parentId ? { parent_id: parentId } : {};
  return begin(known, () => askStream({ bot_id: botId, chat_id: chatId, message: text, use_rag: useRag, attachments: attachments.map(({ id }) => id), ...place }));
}

/** Has a question answered again, as {@link ask} asks. */
export const askAgain = ({ key, botId, chatId, answerId, useRag }: Again): Promise<string> =>
  begin(newAnswer({ key, botId, chatId, insteadOf: answerId }), () => askAgainStream(answerId, { bot_id: botId, use_rag: useRag }));

async function begin(known: Answer, open: () => Promise<Stream>): Promise<string> {
  const { key, chatId } = known;
  keepName(chatId);
  const before = knownIds(chatId);
  put(known);
  try {
    const stream = await open();
    return await new Promise<string>((resolve, reject) => {
      void follow(key, stream, resolve).then(() => { reject(ApiError.network()); });
    });
  } catch (error) {
    remove(key);
    void queryClient.invalidateQueries({ queryKey: ['chats'] });
    // Whether the question arrived before the connection broke, the service knows; what is refused has not.
    const isUnsure = error instanceof ApiError && error.isTemporary;
    const tooLate = new Promise<null>((resolve) => { setTimeout(resolve, PATIENCE_MS, null); });
    const arrived = isUnsure ? await Promise.race([arrivedIn(known, before), tooLate]) : null;
    if (arrived === null) throw error;
    return arrived;
  }
}

/** What there was before a question: the messages that are shown of its chat or, for a new one, the chats. */
function knownIds(chatId: string | null) {
  const known = chatId === null
    ? queryClient.getQueryData(chatsQuery.queryKey)?.pages.flatMap(({ items }) => items)
    : queryClient.getQueryData(historyQuery(chatId).queryKey)?.messages;
  return known?.map(({ id }) => id);
}

/** A chat's messages as they are now; none if nobody can say. */
async function freshMessages(chatId: string): Promise<Message[]> {
  try {
    return (await queryClient.fetchQuery({ ...historyQuery(chatId), staleTime: 0, retry: false, networkMode: 'always' })).messages;
  } catch {
    return [];
  }
}

/** The chat that has what was not there `before`: the question, or another answer. */
async function arrivedIn({ question, chatId }: Answer, before: string[] | undefined): Promise<string | null> {
  const isNew = ({ id }: { id: string }) => before !== undefined && !before.includes(id);
  const chats = chatId === null ? (await chatsPage().catch(() => null))?.items.filter(isNew) ?? [] : [{ id: chatId }];
  for (const { id } of chats) {
    const added = (await freshMessages(id)).filter(isNew);
    if (added.some(({ role, content }) => (question === null ? role === 'assistant' : role === 'user' && content === question))) return id;
  }
  return null;
}

/** Follows an answer that a chat's history says is still being written. */
export function attach(chatId: string, messageId: string) {
  const isFollowed = Object.values(useAnswers.getState().answers).some((answer) => answer.messageId === messageId);
  if (isFollowed) return;
  const key = crypto.randomUUID();
  keepName(chatId);
  keepName(messageId);
  put(newAnswer({ key, chatId, messageId }));
  void follow(key, null);
}

/** Tries to reach a lost answer again. */
export function retry(key: string) {
  if (get(key)?.phase !== 'lost') return;
  update(key, (answer) => ({ ...answer, phase: 'reconnecting' }));
  void follow(key, null);
}

/** Ends an answer; what there is of it stays. One that has no id yet is stopped as soon as it has. */
export async function stop(key: string): Promise<void> {
  update(key, (answer) => ({ ...answer, stopping: true }));
  const messageId = get(key)?.messageId;
  if (!messageId) return;
  try {
    await stopAnswer(messageId);
  } catch {
    // It goes on, so let the user try again.
    update(key, (answer) => ({ ...answer, stopping: false }));
  }
}

/** Reads the stream, again and again if its connection breaks, until the answer ends or is lost. */
async function follow(key: string, first: ReadableStream<Uint8Array> | null, onChat?: (chatId: string) => void): Promise<void> {
  let stream = first;
  let tries = 0;
  for (;;) {
    try {
      stream ??= await reattach(key);
      for await (const event of readSse(stream)) {
        tries = 0;
        const before = get(key);
        if (!before) return;
        const answer = applyEvent(before, event);
        put(answer);
        if (!before.messageId && answer.messageId && answer.stopping) void stop(key);
        if (answer.phase === 'ended') {
          settle(answer);
          if (answer.chatId) onChat?.(answer.chatId);
          return;
        }
        if (before.phase === 'connecting' && answer.chatId && answer.messageId) {
          void queryClient.invalidateQueries({ queryKey: ['chats', 'list'] });
          onChat?.(answer.chatId);
        }
      }
      // Neither done nor error came: the connection broke, whatever it looks like.
    } catch (error) {
      if (error instanceof TextMissing) update(key, (answer) => ({ ...answer, text: '', bytes: 0, lastEventId: null }));
      else if (error instanceof ApiError && !error.isTemporary && error.status < 500) {
        // The service does not know this answer any more; its history says how it ended.
        if (await isUnderway(key)) update(key, (answer) => ({ ...answer, phase: 'lost' }));
        else remove(key);
        return;
      }
    }
    stream = null;
    if (!get(key)?.messageId) return;
    const pause = PAUSES_MS[tries++];
    if (pause === undefined) {
      update(key, (answer) => ({ ...answer, phase: 'lost' }));
      return;
    }
    update(key, (answer) => ({ ...answer, phase: 'reconnecting' }));
    await pauseOrOnline(pause * (0.75 + Math.random() / 2));
  }
}

/** Whether an answer goes on, as far as its chat's history knows. */
async function isUnderway(key: string): Promise<boolean> {
  const { chatId, messageId } = get(key) ?? {};
  if (!chatId) return false;
  return (await freshMessages(chatId)).some(({ id, status }) => id === messageId && status === 'streaming');
}

function reattach(key: string) {
  const answer = get(key);
  return answerStream(answer?.messageId ?? '', answer?.lastEventId ?? null);
}

/** Waits, but not longer than until the browser has a network again. */
function pauseOrOnline(ms: number): Promise<void> {
  return new Promise((resolve) => {
    const go = () => {
      clearTimeout(timer);
      removeEventListener('online', go);
      resolve();
    };
    const timer = setTimeout(go, ms);
    addEventListener('online', go);
  });
}

/** Moves an answer that has ended into its chat's history, so that nothing on the page jumps. */
function settle(answer: Answer) {
  if (answer.chatId) {
    const { queryKey } = historyQuery(answer.chatId);
    queryClient.setQueryData<LoadedHistory>(queryKey, (history) => ({
      hasOlder: history?.hasOlder ?? false,
      chat_id: answer.chatId ?? '',
      messages: withAnswers(history?.messages ?? [], [answer]),
    }));
    void queryClient.invalidateQueries({ queryKey });
    void queryClient.invalidateQueries({ queryKey: ['chats'] });
  }
  remove(answer.key);
  useAnswers.setState({ finished: answer });
}
