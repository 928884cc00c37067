import { t } from 'i18next';
import type { Attachment, Failure, Message, Passage, Usage } from '@/api/types';
import type { SseEvent } from '@/lib/sse';

/**
 * Where an answer in flight stands: `connecting` until the service has taken the question, `streaming`,
 * `reconnecting` after a broken connection, `lost` when that was given up, `ended` for good.
 */
export type Phase = 'connecting' | 'streaming' | 'reconnecting' | 'lost' | 'ended';

/** An answer in flight, as the page knows it. */
export interface Answer {
  /** Ours; the service's id is not known at once. */
  key: string;
  chatId: string | null;
  botId: string | null;
  /** Null for one that was found in a chat's history, or is another answer to a question there. */
  question: string | null;
  /** What the question was asked with. */
  attachments: Attachment[];
  /** The stored message that this question, or answer, is an alternative to: shown instead of it and of all that follows. */
  insteadOf: string | null;
  /** The stored message that the question follows; null where it begins a chat, or that is not known. */
  parentId: string | null;
  askedAt: string;
  messageId: string | null;
  userMessageId: string | null;
  text: string;
  /** What the model thinks, by the numbers of the pieces: a stream that goes on may tell some again. */
  thoughts: string[];
  /** Length of `text` in UTF-8, the unit of the stream's ids. */
  bytes: number;
  /** What to send as `Last-Event-ID`; null to begin at the start. */
  lastEventId: string | null;
  phase: Phase;
  stopping: boolean;
  usage: Usage | null;
  stopReason: string | null;
  passages: Passage[];
  failure: Failure | null;
}

export const newAnswer = (known: Pick<Answer, 'key'> & Partial<Answer>): Answer => ({
  chatId: null,
  botId: null,
  question: null,
  attachments: [],
  insteadOf: null,
  parentId: null,
  askedAt: new Date().toISOString(),
  messageId: null,
  userMessageId: null,
  text: '',
  thoughts: [],
  bytes: 0,
  lastEventId: null,
  phase: 'connecting',
  stopping: false,
  usage: null,
  stopReason: null,
  passages: [],
  failure: null,
  ...known,
});

/** Part of the text is missing between what is known and what came: it must be fetched from the start. */
export class TextMissing extends Error {
  override name = 'TextMissing';
}

/** The answer after one more event. Events and fields that are not known are ignored. */
export function applyEvent(answer: Answer, event: SseEvent): Answer {
  const data = parse(event.data);
  switch (event.event) {
    case 'start':
      return {
        ...answer,
        phase: 'streaming',
        chatId: data.chat_id ?? answer.chatId,
        messageId: data.message_id ?? answer.messageId,
        userMessageId: data.user_message_id ?? answer.userMessageId,
      };
    case 'message':
      return append({ ...answer, phase: 'streaming' }, data.content ?? '', event.id);
    case 'reasoning':
      return { ...answer, phase: 'streaming', thoughts: answer.thoughts.toSpliced(data.index ?? answer.thoughts.length, 1, data.content ?? '') };
    case 'done':
      return {
        ...answer,
        phase: 'ended',
        messageId: data.message_id ?? answer.messageId,
        usage: data.usage ?? null,
        stopReason: data.stop_reason ?? null,
        passages: data.passages ?? [],
      };
    case 'error':
      return {
        ...answer,
        phase: 'ended',
        messageId: data.message_id ?? answer.messageId,
        usage: data.usage ?? null,
        failure: { code: data.code ?? 'internal', detail: data.error ?? t('message.failed', { ns: 'chat' }) },
      };
    default:
      return answer;
  }
}

const utf8 = new TextEncoder();

/**
 * Adds text that ends at byte `id` of the answer. What is there already is not added twice,
 * whatever offset the service went on from.
 */
function append(answer: Answer, content: string, id: string): Answer {
  const piece = utf8.encode(content);
  const end = /^\d+$/.test(id) ? Number(id) : answer.bytes + piece.length;
  const isKnown = answer.bytes - (end - piece.length);
  if (isKnown < 0) throw new TextMissing(`${-isKnown} bytes before ${id} are missing`);
  if (end <= answer.bytes) return answer;
  const added = isKnown === 0 ? content : new TextDecoder().decode(piece.slice(isKnown));
  return { ...answer, text: answer.text + added, bytes: end, lastEventId: id || answer.lastEventId };
}

interface EventData {
  chat_id?: string;
  message_id?: string;
  user_message_id?: string | null;
  content?: string;
  index?: number;
  usage?: Usage | null;
  stop_reason?: string | null;
  passages?: Passage[];
  code?: string;
  error?: string;
}

function parse(data: string): EventData {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Whether an answer is part of what is shown; it may be on another branch. */
function belongs({ messageId, userMessageId, insteadOf, question, parentId }: Answer, messages: Message[]): boolean {
  const isShown = (id: string | null) => id !== null && messages.some((message) => message.id === id);
  if (messages.length === 0 || isShown(messageId) || isShown(userMessageId)) return true;
  if (insteadOf !== null) return isShown(insteadOf);
  return question !== null && (parentId === null || messages.at(-1)?.id === parentId);
}

/** A chat's messages with its answers in flight: each takes the place of its stored message, or comes last. */
export function withAnswers(stored: Message[], answers: Answer[]): Message[] {
  let messages = [...stored];
  for (const answer of answers) {
    if (!belongs(answer, messages)) continue;
    const branches = messages.findIndex(({ id }) => id === answer.insteadOf);
    if (branches >= 0) messages = messages.slice(0, branches);
    if (answer.question !== null && !messages.some(({ id }) => id === answer.userMessageId)) {
      messages.push({ ...blank, id: answer.userMessageId ?? `${answer.key}-question`, role: 'user', content: answer.question, attachments: answer.attachments, created_at: answer.askedAt, status: 'complete' });
    }
    const at = messages.findIndex(({ id }) => id === answer.messageId);
    const before = messages[at];
    const status = answer.failure?.code === 'stopped' ? 'stopped' : answer.failure ? 'failed' : answer.phase === 'ended' ? 'complete' : 'streaming';
    const message: Message = {
      ...(before ?? { ...blank, id: answer.messageId ?? answer.key, role: 'assistant', created_at: answer.askedAt }),
      // What the service stored may be ahead of a stream that is read again from its start.
      content: before && before.content.length > answer.text.length && answer.phase !== 'ended' ? before.content : answer.text,
      reasoning: answer.thoughts.join('') || (before?.reasoning ?? null),
      status,
      usage: answer.usage,
      stop_reason: answer.stopReason,
      error: answer.failure,
      passages: answer.passages,
    };
    if (before) messages[at] = message;
    else messages.push(message);
  }
  return messages;
}

const blank = { parent_id: null, model_id: null, stop_reason: null, usage: null, error: null, passages: [], alternatives: [], attachments: [], reasoning: null, feedback: null };
