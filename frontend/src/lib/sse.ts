/** One event of a `text/event-stream`, as the HTML standard defines it. */
export interface SseEvent {
  /** The event's name; `message` if the stream gave none. */
  event: string;
  data: string;
  /** The last `id` seen so far, which an event without one keeps; empty before the first. */
  id: string;
}

/**
 * Decodes the text of an event stream that arrives in arbitrary pieces.
 * Lines end in LF, CR or CRLF; a CRLF may be split between two pieces.
 */
export class SseDecoder {
  #line = '';
  #afterCr = false;
  #atStart = true;
  #event = '';
  #data: string[] = [];
  #id = '';

  /** The events that `text` completes. What it leaves unfinished waits for the next piece. */
  push(text: string): SseEvent[] {
    if (this.#atStart && text !== '') {
      this.#atStart = false;
      if (text.startsWith('\uFEFF')) text = text.slice(1);
    }
    if (this.#afterCr && text !== '') {
      this.#afterCr = false;
      if (text.startsWith('\n')) text = text.slice(1);
    }
    const events: SseEvent[] = [];
    const ends = /\r\n|\n|\r/g;
    let from = 0;
    for (let end = ends.exec(text); end; end = ends.exec(text)) {
      const event = this.#take(this.#line + text.slice(from, end.index));
      if (event) events.push(event);
      this.#line = '';
      from = ends.lastIndex;
      if (end[0] === '\r' && from === text.length) this.#afterCr = true;
    }
    this.#line += text.slice(from);
    return events;
  }

  #take(line: string): SseEvent | null {
    if (line === '') return this.#dispatch();
    const colon = line.indexOf(':');
    if (colon === 0) return null; // a comment, such as a heartbeat
    const field = colon < 0 ? line : line.slice(0, colon);
    let value = colon < 0 ? '' : line.slice(colon + 1);
    if (value.startsWith(' ')) value = value.slice(1);
    if (field === 'event') this.#event = value;
    else if (field === 'data') this.#data.push(value);
    else if (field === 'id' && !value.includes('\0')) this.#id = value;
    return null;
  }

  #dispatch(): SseEvent | null {
    const event = { event: this.#event || 'message', data: this.#data.join('\n'), id: this.#id };
    const empty = this.#data.length === 0;
    this.#event = '';
    this.#data = [];
    return empty ? null : event;
  }
}

/** Nothing arrived for so long, not even a heartbeat, that the connection must be dead. */
export class StreamSilent extends Error {
  override name = 'StreamSilent';
}

/**
 * The events of a response body. Ends when the body ends; an event cut off there is dropped, as the
 * standard says. Throws {@link StreamSilent} after `silenceMs` without a byte.
 */
export async function* readSse(
  body: ReadableStream<Uint8Array>,
  silenceMs = 45_000,
): AsyncGenerator<SseEvent, void, undefined> {
  const reader = body.getReader();
  const utf8 = new TextDecoder();
  const decoder = new SseDecoder();
  try {
    for (;;) {
      const { done, value } = await withinTime(reader.read(), silenceMs);
      if (done) return;
      yield* decoder.push(utf8.decode(value, { stream: true }));
    }
  } finally {
    // Whoever stops listening, or a silent stream, must not leave the connection open.
    void reader.cancel().catch(() => undefined);
  }
}

function withinTime<T>(work: Promise<T>, ms: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout>;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => { reject(new StreamSilent(`nothing for ${ms} ms`)); }, ms);
  });
  return Promise.race([work, late]).finally(() => { clearTimeout(timer); });
}
