import { describe, expect, it } from 'vitest';
import type { Message } from '@/api/types';
import { type Answer, applyEvent, newAnswer, TextMissing, withAnswers } from '@/features/chat/answer';

const event = (name: string, data: unknown, id = '') => ({ event: name, data: JSON.stringify(data), id });
const content = (text: string, id: string | number) => event('message', { type: 'content', content: text }, String(id));
const bytes = (text: string) => new TextEncoder().encode(text).length;
const after = (...events: ReturnType<typeof event>[]) => events.reduce<Answer>(applyEvent, newAnswer({ key: 'k' }));
const start = event('start', { type: 'start', chat_id: 'c', message_id: 'm', user_message_id: 'u' }, '0');

describe('applyEvent', () => {
  it('takes the ids from start', () => {
    expect(after(start)).toMatchObject({ chatId: 'c', messageId: 'm', userMessageId: 'u', phase: 'streaming', text: '' });
  });

  it('adds up the text and keeps the last id', () => {
    expect(after(start, content('Hä', 3), content('🥭!', 8))).toMatchObject({ text: 'Hä🥭!', bytes: 8, lastEventId: '8' });
  });

  it('does not double text, from whatever offset a stream goes on', () => {
    const whole = 'Grüße, 🥭 und Ähnliches';
    const letters = Array.from(whole);
    for (let known = 0; known <= letters.length; known++) {
      for (let from = 0; from <= known; from++) {
        const [first, again] = [letters.slice(0, known).join(''), letters.slice(from).join('')];
        const answer = after(start, content(first, bytes(first)), start, content(again, bytes(whole)));
        expect(answer.text).toBe(whole);
        expect(answer.bytes).toBe(bytes(whole));
      }
    }
  });

  it('notices that text is missing', () => {
    expect(() => after(start, content('Hello', 5), content('!', 12))).toThrow(TextMissing);
  });

  it('adds text that comes without an offset', () => {
    expect(after(start, content('a', ''), content('b', '')).text).toBe('ab');
  });

  describe('reasoning', () => {
    const thought = (index: number, text: string) => event('reasoning', { type: 'reasoning', content: text, index });

    it('is kept apart from the text', () => {
      expect(after(start, thought(0, 'Hm'), thought(1, ', so'), content('ok', 2))).toMatchObject({ thoughts: ['Hm', ', so'], text: 'ok' });
    });

    it('is not doubled by a stream that tells some of it again', () => {
      expect(after(start, thought(0, 'Hm'), thought(1, ', so'), thought(1, ', so'), thought(2, ' it is')).thoughts.join('')).toBe('Hm, so it is');
    });

    it('is in the message', () => {
      const [message] = withAnswers([], [after(start, thought(0, 'Hm'))]);
      expect(message).toMatchObject({ reasoning: 'Hm', content: '', status: 'streaming' });
    });
  });

  it('ends with done', () => {
    const passages = [{ number: 1, id: 'p', knowledge_base_id: 'k', text: 't', source_type: 'text', similarity: 0.5 }];
    const done = event('done', { type: 'done', chat_id: 'c', message_id: 'm', usage: { input_tokens: 1, output_tokens: 2, estimated: false }, stop_reason: 'end_turn', passages }, '2');
    expect(after(start, content('ok', 2), done)).toMatchObject({ phase: 'ended', failure: null, stopReason: 'end_turn', passages });
  });

  it('ends with an error that has a code, and keeps the text', () => {
    const error = event('error', { type: 'error', error: 'Busy.', code: 'throttled', message_id: 'm', usage: null }, '2');
    expect(after(start, content('ok', 2), error)).toMatchObject({ phase: 'ended', text: 'ok', failure: { code: 'throttled', detail: 'Busy.' } });
  });

  it('ignores events that it does not know, and data that is not JSON', () => {
    const answer = after(start, content('ok', 2));
    expect(applyEvent(answer, event('progress', { percent: 5 }))).toEqual(answer);
    expect(applyEvent(answer, { event: 'message', data: 'not JSON', id: '2' }).text).toBe('ok');
  });
});

const stored = (id: string, more: Partial<Message> = {}): Message => ({ id, role: 'assistant', content: '', created_at: '2026-01-01T00:00:00Z', status: 'complete', passages: [], alternatives: [], attachments: [], ...more });

describe('withAnswers', () => {
  it('shows a question at once, before the service has taken it', () => {
    const answer = newAnswer({ key: 'k', question: 'Why?' });
    expect(withAnswers([], [answer])).toMatchObject([{ role: 'user', content: 'Why?' }, { role: 'assistant', content: '', status: 'streaming' }]);
  });

  it('takes the place of the stored message and does not repeat the question', () => {
    const history = [stored('u', { role: 'user', content: 'Why?' }), stored('m', { status: 'streaming', content: 'Be' })];
    const answer = newAnswer({ key: 'k', question: 'Why?', userMessageId: 'u', messageId: 'm', text: 'Because', phase: 'streaming' });
    const messages = withAnswers(history, [answer]);
    expect(messages.map(({ id, content }) => [id, content])).toEqual([['u', 'Why?'], ['m', 'Because']]);
  });

  it('does not go back to less text while a stream is read again from its start', () => {
    const history = [stored('m', { status: 'streaming', content: 'Because of' })];
    expect(withAnswers(history, [newAnswer({ key: 'k', messageId: 'm', text: 'Be', phase: 'streaming' })])[0]?.content).toBe('Because of');
  });

  it('does not show an answer of another branch', () => {
    const history = [stored('u', { role: 'user' }), stored('m')];
    const shown = (more: Partial<Answer>) => withAnswers(history, [newAnswer({ key: 'k', ...more })]).length;
    expect(shown({ question: 'And?', parentId: 'm' })).toBe(4);
    expect(shown({ question: 'And?', parentId: 'elsewhere' })).toBe(2);
    expect(shown({ question: 'Or?', insteadOf: 'u' })).toBe(2);
    expect(shown({ question: 'Or?', insteadOf: 'elsewhere', messageId: 'new' })).toBe(2);
    expect(withAnswers(history, [newAnswer({ key: 'k', question: 'Or?', insteadOf: 'elsewhere', messageId: 'new' })])).toEqual(history);
    expect(shown({ messageId: 'elsewhere' })).toBe(2);
  });

  it('tells stopped from failed', () => {
    const ended = (code: string) => withAnswers([], [newAnswer({ key: 'k', messageId: 'm', phase: 'ended', failure: { code, detail: '' } })])[0]?.status;
    expect([ended('stopped'), ended('throttled')]).toEqual(['stopped', 'failed']);
  });
});
