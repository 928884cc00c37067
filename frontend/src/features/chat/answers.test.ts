import { beforeEach, describe, expect, it, vi } from 'vitest';
import { configureApi } from '@/api/connection';
import type { History, Message } from '@/api/types';
import { ask, attach, keyOf, retry, stop, useAnswers } from '@/features/chat/answers';
import { chatsQuery, historyQuery } from '@/features/chat/api';
import { queryClient } from '@/lib/query-client';

const TEXT = 'Because mangoes 🥭 are sweet.';
const encoder = new TextEncoder();
const total = encoder.encode(TEXT).length;

const write = (name: string, data: unknown, id: number) => `event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`;
const started = write('start', { type: 'start', chat_id: 'c', message_id: 'm', user_message_id: 'u' }, 0);
const done = write('done', { type: 'done', chat_id: 'c', message_id: 'm', usage: null, stop_reason: 'end_turn', passages: [] }, total);
/** The answer's letters from one to another, an event each. */
const letters = (from: number, to = Array.from(TEXT).length) => {
  const all = Array.from(TEXT);
  return all.slice(from, to).map((letter, index) => write('message', { type: 'content', content: letter }, encoder.encode(all.slice(0, from + index + 1).join('')).length)).join('');
};

/** A body that the test writes. */
function script(text = '') {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const body = new ReadableStream<Uint8Array>({ start: (given) => { controller = given; } });
  const stream = {
    response: new Response(body, { headers: { 'content-type': 'text/event-stream' } }),
    send: (more: string) => { controller?.enqueue(encoder.encode(more)); return stream; },
    close: () => { controller?.close(); return stream; },
    break: () => { controller?.error(new TypeError('network error')); return stream; },
  };
  return text ? stream.send(text) : stream;
}

/** What the service answers, by method and path; each list is used up from its front. */
let answers: Record<string, (() => Response | Promise<Response>)[]> = {};
const requests: { at: string; lastEventId: string | null }[] = [];
const question = { key: 'k', botId: 'b', chatId: null, text: 'Why?', useRag: true };
const answer = () => useAnswers.getState().answers.k ?? Object.values(useAnswers.getState().answers)[0];
const history = () => queryClient.getQueryData<History>(historyQuery('c').queryKey)?.messages;
const problem = (status: number, code: string) => new Response(JSON.stringify({ code, detail: 'Because.', status }), { status, headers: { 'content-type': 'application/problem+json' } });
const ATTACH = 'GET /api/v1/chat/streams/m';
const CHATS = 'GET /api/v1/chats';
const HISTORY = 'GET /api/v1/chat/history/c';
const stored = (id: string, role: Message['role'], content: string, status: Message['status'] = 'complete') => ({ id, role, content, status, created_at: '2026-01-01T00:00:00Z', passages: [], alternatives: [], attachments: [] });
const attached = () => requests.filter(({ at }) => at === ATTACH).map(({ lastEventId }) => lastEventId);

beforeEach(() => {
  vi.useFakeTimers();
  queryClient.clear();
  useAnswers.setState({ answers: {}, finished: null });
  answers = {};
  requests.length = 0;
  configureApi('/api/v1', { token: () => Promise.resolve('t'), expired: () => undefined });
  vi.stubGlobal('fetch', (request: Request) => {
    const at = `${request.method} ${new URL(request.url).pathname}`;
    requests.push({ at, lastEventId: request.headers.get('Last-Event-ID') });
    const next = answers[at]?.shift();
    return next ? Promise.resolve().then(next) : Promise.reject(new TypeError(`nothing answers ${at}`));
  });
  return () => vi.useRealTimers();
});

const settled = () => vi.advanceTimersByTimeAsync(0);

describe('ask', () => {
  it('shows life at once, streams, and leaves the whole answer in the history', async () => {
    const stream = script();
    answers['POST /api/v1/chat/stream'] = [() => stream.response];
    const asked = ask(question);
    expect(answer()).toMatchObject({ phase: 'connecting', question: 'Why?' });
    stream.send(started + letters(0, 7));
    expect(await asked).toBe('c');
    await settled();
    expect(answer()).toMatchObject({ phase: 'streaming', text: 'Because', chatId: 'c', messageId: 'm' });
    stream.send(letters(7) + done);
    await settled();
    expect(answer()).toBeUndefined();
    expect(history()).toMatchObject([{ id: 'u', content: 'Why?' }, { id: 'm', content: TEXT, status: 'complete' }]);
    expect(useAnswers.getState().finished?.text).toBe(TEXT);
  });

  it('goes on after a broken connection where it was, without doubling anything', async () => {
    const [first, second, third] = [script(started + letters(0, 17)), script(letters(17, 20)), script(letters(20) + done)];
    answers['POST /api/v1/chat/stream'] = [() => first.response];
    answers[ATTACH] = [() => second.response, () => third.response];
    await ask(question);
    await settled();
    first.break();
    await settled();
    expect(answer()?.phase).toBe('reconnecting');
    await vi.advanceTimersByTimeAsync(1000);
    expect(answer()).toMatchObject({ phase: 'streaming', text: Array.from(TEXT).slice(0, 20).join('') });
    second.break();
    await vi.advanceTimersByTimeAsync(3000);
    expect(history()?.[1]).toMatchObject({ content: TEXT, status: 'complete' });
    const at = (count: number) => String(encoder.encode(Array.from(TEXT).slice(0, count).join('')).length);
    expect(attached()).toEqual([at(17), at(20)]);
  });

  it('takes a stream that ends without done or error for a broken one', async () => {
    const first = script(started + letters(0, 5)).close();
    answers['POST /api/v1/chat/stream'] = [() => first.response];
    answers[ATTACH] = [() => script(letters(5) + done).response];
    await ask(question);
    await vi.advanceTimersByTimeAsync(1000);
    expect(attached()).toEqual(['5']);
    expect(history()?.[1]?.content).toBe(TEXT);
  });

  it('does not double what a service sends again from the start', async () => {
    answers['POST /api/v1/chat/stream'] = [() => script(started + letters(0, 9)).close().response];
    answers[ATTACH] = [() => script(started + letters(0) + done).response];
    await ask(question);
    await vi.advanceTimersByTimeAsync(1000);
    expect(history()?.[1]?.content).toBe(TEXT);
  });

  it('reads from the start when text is missing', async () => {
    answers['POST /api/v1/chat/stream'] = [() => script(started + letters(0, 3)).close().response];
    answers[ATTACH] = [() => script(letters(9)).response, () => script(started + letters(0) + done).response];
    await ask(question);
    await vi.advanceTimersByTimeAsync(5000);
    expect(attached()).toEqual(['3', null]);
    expect(history()?.[1]?.content).toBe(TEXT);
  });

  it('gives up after a while, keeps the text, and goes on when the user wants it', async () => {
    answers['POST /api/v1/chat/stream'] = [() => script(started + letters(0, 7)).close().response];
    await ask(question);
    await vi.advanceTimersByTimeAsync(300_000);
    expect(answer()).toMatchObject({ phase: 'lost', text: 'Because' });
    answers[ATTACH] = [() => script(letters(7) + done).response];
    retry('k');
    await settled();
    expect(history()?.[1]?.content).toBe(TEXT);
  });

  it('reconnects at once when the browser has a network again', async () => {
    answers['POST /api/v1/chat/stream'] = [() => script(started).close().response];
    await ask(question);
    await vi.advanceTimersByTimeAsync(60_000);
    const before = attached().length;
    dispatchEvent(new Event('online'));
    await settled();
    expect(attached().length).toBe(before + 1);
  });

  it('throws the reason when the question is not taken, and nothing stays', async () => {
    answers['POST /api/v1/chat/stream'] = [() => problem(429, 'throttled')];
    await expect(ask(question)).rejects.toMatchObject({ status: 429, code: 'throttled', detail: 'Because.' });
    expect(answer()).toBeUndefined();
  });

  it('throws when the connection breaks before the service has taken the question', async () => {
    answers['POST /api/v1/chat/stream'] = [() => script().break().response];
    await expect(ask(question)).rejects.toMatchObject({ code: 'network' });
    expect(answer()).toBeUndefined();
  });

  it('takes a question that the history has for taken, though the connection broke before the service could say so', async () => {
    const before = [stored('u0', 'user', 'Why?'), stored('m0', 'assistant', 'Because.')];
    queryClient.setQueryData<History>(historyQuery('c').queryKey, { chat_id: 'c', messages: before });
    answers['POST /api/v1/chat/stream'] = [() => script().break().response, () => script().break().response];
    answers[HISTORY] = [
      () => Response.json({ chat_id: 'c', messages: before }),
      () => Response.json({ chat_id: 'c', messages: [...before, stored('u', 'user', 'Why?'), stored('m', 'assistant', '', 'streaming')] }),
    ];
    await expect(ask({ ...question, chatId: 'c' })).rejects.toMatchObject({ code: 'network' });
    expect(await ask({ ...question, chatId: 'c' })).toBe('c');
    expect(answer()).toBeUndefined();
  });

  it('finds the chat that a new question has begun, though the connection broke before the service could say so', async () => {
    const chat = (id: string) => ({ id, title: 'Why?', is_pinned: false, is_archived: false, created_at: '', updated_at: '' });
    const list = (...ids: string[]) => ({ items: ids.map(chat), next_cursor: null });
    queryClient.setQueryData(chatsQuery.queryKey, { pages: [list('c0')], pageParams: [null] });
    answers['POST /api/v1/chat/stream'] = [() => script().break().response, () => script().break().response];
    // The second has another chat, too, of another tab.
    answers[CHATS] = [() => Response.json(list('c0')), () => Response.json(list('c1', 'c', 'c0'))];
    answers['GET /api/v1/chat/history/c1'] = [() => Response.json({ chat_id: 'c1', messages: [stored('u1', 'user', 'Why not?')] })];
    answers[HISTORY] = [() => Response.json({ chat_id: 'c', messages: [stored('u', 'user', 'Why?'), stored('m', 'assistant', '', 'streaming')] })];
    await expect(ask(question)).rejects.toMatchObject({ code: 'network' });
    expect(await ask(question)).toBe('c');
    expect(answer()).toBeUndefined();
  });

  it('says that a question was not taken also where nobody answers whether it was', async () => {
    queryClient.setQueryData<History>(historyQuery('c').queryKey, { chat_id: 'c', messages: [] });
    answers['POST /api/v1/chat/stream'] = [() => script().break().response];
    answers[HISTORY] = [() => new Promise<Response>(() => undefined)];
    const refused = expect(ask({ ...question, chatId: 'c' })).rejects.toMatchObject({ code: 'network' });
    await vi.advanceTimersByTimeAsync(10_000);
    await refused;
  });

  it('leaves the reason of a failed answer in the history, with the text so far', async () => {
    const error = write('error', { type: 'error', error: 'Busy.', code: 'throttled', message_id: 'm', usage: null }, 7);
    answers['POST /api/v1/chat/stream'] = [() => script(started + letters(0, 7) + error).response];
    await ask(question);
    await settled();
    expect(history()?.[1]).toMatchObject({ content: 'Because', status: 'failed', error: { code: 'throttled', detail: 'Busy.' } });
  });
});

describe('stop', () => {
  it('asks the service to stop, and keeps what there is', async () => {
    const stream = script(started + letters(0, 7));
    answers['POST /api/v1/chat/stream'] = [() => stream.response];
    answers['POST /api/v1/chat/streams/m/stop'] = [() => Response.json({ status: 'success', message_id: 'm' })];
    await ask(question);
    await settled();
    await stop('k');
    expect(answer()?.stopping).toBe(true);
    stream.send(write('error', { type: 'error', error: 'You stopped.', code: 'stopped', message_id: 'm', usage: null }, 7));
    await settled();
    expect(history()?.[1]).toMatchObject({ content: 'Because', status: 'stopped' });
  });

  it('waits for the id if there is none yet', async () => {
    const stream = script();
    answers['POST /api/v1/chat/stream'] = [() => stream.response];
    answers['POST /api/v1/chat/streams/m/stop'] = [() => Response.json({ status: 'success', message_id: 'm' })];
    const asked = ask(question);
    await stop('k');
    expect(requests.map(({ at }) => at)).not.toContain('POST /api/v1/chat/streams/m/stop');
    stream.send(started);
    await asked;
    await settled();
    expect(requests.map(({ at }) => at)).toContain('POST /api/v1/chat/streams/m/stop');
  });

  it('can be tried again when it could not be sent', async () => {
    answers['POST /api/v1/chat/stream'] = [() => script(started).response];
    await ask(question);
    await stop('k');
    expect(answer()?.stopping).toBe(false);
  });
});

describe('attach', () => {
  it('reads an answer found in the history from its start', async () => {
    answers[ATTACH] = [() => script(started + letters(0) + done).response];
    attach('c', 'm');
    await settled();
    expect(attached()).toEqual([null]);
    expect(history()).toMatchObject([{ id: 'm', content: TEXT, status: 'complete' }]);
  });

  it('does not follow one answer twice', async () => {
    const stream = script(started);
    answers[ATTACH] = [() => stream.response];
    attach('c', 'm');
    attach('c', 'm');
    await settled();
    expect(attached()).toEqual([null]);
  });

  it('asks the history what became of an answer that the service does not know', async () => {
    answers[ATTACH] = [() => problem(404, 'not_found')];
    queryClient.setQueryData<History>(historyQuery('c').queryKey, { chat_id: 'c', messages: [] });
    attach('c', 'm');
    await settled();
    expect(answer()).toBeUndefined();
    expect(requests.map(({ at }) => at)).toContain(HISTORY);
  });

  it('is lost, not forgotten, when the history says that it goes on', async () => {
    answers[ATTACH] = [() => problem(403, 'http_403'), () => script(started + letters(0) + done).response];
    answers[HISTORY] = [() => Response.json({ chat_id: 'c', messages: [stored('m', 'assistant', '', 'streaming')] })];
    attach('c', 'm');
    await settled();
    expect(answer()?.phase).toBe('lost');
    retry(answer()?.key ?? '');
    await settled();
    expect(history()).toMatchObject([{ id: 'm', content: TEXT, status: 'complete' }]);
  });

  it('tries again when the service fails', async () => {
    answers[ATTACH] = [() => problem(500, 'internal'), () => script(started + letters(0) + done).response];
    attach('c', 'm');
    await vi.advanceTimersByTimeAsync(1000);
    expect(history()).toMatchObject([{ id: 'm', content: TEXT, status: 'complete' }]);
  });

  it('leaves the names that messages and chats have on the page', async () => {
    attach('c2', 'm2');
    await settled();
    expect([keyOf('c2'), keyOf('m2')]).toEqual(['c2', 'm2']);
  });
});
