import { describe, expect, it, vi } from 'vitest';
import { readSse, SseDecoder, type SseEvent, StreamSilent } from '@/lib/sse';

const decode = (...pieces: string[]): SseEvent[] => {
  const decoder = new SseDecoder();
  return pieces.flatMap((piece) => decoder.push(piece));
};
const event = (data: string, more: Partial<SseEvent> = {}): SseEvent => ({ event: 'message', data, id: '', ...more });

describe('SseDecoder', () => {
  it('reads name, data and id', () => {
    expect(decode('event: start\ndata: {"a":1}\nid: 7\n\n')).toEqual([event('{"a":1}', { event: 'start', id: '7' })]);
  });

  it.each([['LF', '\n'], ['CR', '\r'], ['CRLF', '\r\n']])('takes %s as the end of a line', (_, end) => {
    const text = ['event: a', 'data: 1', '', 'data: 2', '', ''].join(end);
    expect(decode(text)).toEqual([event('1', { event: 'a' }), event('2')]);
  });

  it('takes a CRLF split between two pieces as one end of a line', () => {
    expect(decode('data: 1\r', '\ndata: 2\r', '\n\r', '\n')).toEqual([event('1\n2')]);
  });

  it('does not hold an event back for a line feed that may follow its CR', () => {
    expect(decode('data: 1\r\r')).toEqual([event('1')]);
  });

  it('gives the same events however the text is cut', () => {
    const text = '\uFEFF: hi\r\nevent: start\r\ndata: {"ü":"🥭"}\r\nid: 0\r\n\r\ndata: a\rdata: b\r\r: heartbeat\n\nid\ndata:c\n\nevent: done\ndata\n\n';
    const whole = decode(text);
    expect(whole).toEqual([
      event('{"ü":"🥭"}', { event: 'start', id: '0' }),
      event('a\nb', { id: '0' }),
      event('c'),
      event('', { event: 'done' }),
    ]);
    for (let first = 0; first <= text.length; first++) {
      for (let second = first; second <= text.length; second++) {
        expect(decode(text.slice(0, first), text.slice(first, second), text.slice(second))).toEqual(whole);
      }
    }
  });

  it('joins several data lines with a line feed and keeps empty ones', () => {
    expect(decode('data: a\ndata\ndata: b\n\n')).toEqual([event('a\n\nb')]);
  });

  it('ignores comments, unknown fields and events without data', () => {
    expect(decode(': heartbeat\n\nretry: 10\n\nevent: empty\n\nwhat: ever\ndata: x\n\n')).toEqual([event('x')]);
  });

  it('removes one space after the colon and no more', () => {
    expect(decode('data:  two\n\ndata:none\n\ndata: a: b\n\n')).toEqual([event(' two'), event('none'), event('a: b')]);
  });

  it('keeps the last id for events without one, and ignores one with NUL', () => {
    expect(decode('id: 3\ndata: a\n\ndata: b\n\nid: \0\ndata: c\n\nid\ndata: d\n\n').map(({ id }) => id)).toEqual(['3', '3', '3', '']);
  });

  it('does not carry a name over to the next event', () => {
    expect(decode('event: a\n\ndata: x\n\n')).toEqual([event('x')]);
  });

  it('does not give an event that has not ended', () => {
    expect(decode('data: half\n')).toEqual([]);
  });
});

const body = (...chunks: Uint8Array[]) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
const collect = async (stream: ReadableStream<Uint8Array>) => {
  const events: SseEvent[] = [];
  for await (const one of readSse(stream)) events.push(one);
  return events;
};

describe('readSse', () => {
  it('decodes characters split between two chunks', async () => {
    const bytes = new TextEncoder().encode('data: 🥭\n\n');
    expect(await collect(body(bytes.slice(0, 8), bytes.slice(8)))).toEqual([event('🥭')]);
  });

  it('drops an event that the end of the body cuts off', async () => {
    expect(await collect(body(new TextEncoder().encode('data: a\n\ndata: b\n')))).toEqual([event('a')]);
  });

  it('gives up on a silent connection, but counts a heartbeat as life', async () => {
    vi.useFakeTimers();
    try {
      const cancelled = vi.fn();
      let send: (text: string) => void = () => undefined;
      const stream = new ReadableStream<Uint8Array>({
        start(controller) {
          send = (text) => { controller.enqueue(new TextEncoder().encode(text)); };
        },
        cancel: cancelled,
      });
      const next = readSse(stream, 1000).next();
      const failed = expect(next).rejects.toBeInstanceOf(StreamSilent);
      await vi.advanceTimersByTimeAsync(900);
      send(': heartbeat\n\n');
      await vi.advanceTimersByTimeAsync(900);
      expect(cancelled).not.toHaveBeenCalled();
      await vi.advanceTimersByTimeAsync(200);
      await failed;
      expect(cancelled).toHaveBeenCalled();
    } finally {
      vi.useRealTimers();
    }
  });

  it('closes the connection when the reader stops listening', async () => {
    const cancelled = vi.fn();
    const stream = new ReadableStream<Uint8Array>({
      start(controller) { controller.enqueue(new TextEncoder().encode('data: a\n\ndata: b\n\n')); },
      cancel: cancelled,
    });
    for await (const one of readSse(stream)) {
      expect(one.data).toBe('a');
      break;
    }
    expect(cancelled).toHaveBeenCalled();
  });
});
