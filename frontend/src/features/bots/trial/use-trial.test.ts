import { act, renderHook, waitFor } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '@/api/error';
import { tryStream } from '@/features/bots/api';
import { useTrial } from '@/features/bots/trial/use-trial';

vi.mock('@/features/bots/api', () => ({ tryStream: vi.fn() }));

const draft = { instructions: null, model_id: 'm', temperature: 70, max_tokens: 10, rag_enabled: false, knowledge_base_ids: [] };
const started = 'id: 0\nevent: start\ndata: {"type":"start","chat_id":"c","message_id":"m"}\n\n';
const said = (text: string, end: number) => `id: ${end}\nevent: message\ndata: ${JSON.stringify({ type: 'content', content: text })}\n\n`;
const done = 'id: 5\nevent: done\ndata: {"type":"done","chat_id":"c","message_id":"m","usage":null,"stop_reason":"end_turn","passages":[]}\n\n';

/** A body that a test writes piece by piece. */
function body() {
  let control: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({ start: (given) => { control = given; } });
  return { stream, write: (text: string) => { control?.enqueue(new TextEncoder().encode(text)); }, end: () => { control?.close(); } };
}

const shown = (messages: { role: string; content: string; status: string }[]) => messages.map(({ role, content, status }) => `${role}: ${content} (${status})`);
const sent = (call: number) => vi.mocked(tryStream).mock.calls[call]?.[1];

beforeEach(() => { vi.mocked(tryStream).mockReset(); });

describe('useTrial', () => {
  it('shows the answer as it comes, and sends what was said with the next question', async () => {
    const first = body();
    vi.mocked(tryStream).mockResolvedValueOnce(first.stream);
    const { result } = renderHook(() => useTrial());
    act(() => { result.current.ask(draft, 'Hi'); });
    first.write(started + said('Hel', 3));
    await waitFor(() => { expect(shown(result.current.messages)).toEqual(['user: Hi (complete)', 'assistant: Hel (streaming)']); });
    expect(result.current.isAnswering).toBe(true);
    first.write(said('lo', 5) + done);
    await waitFor(() => { expect(result.current.isAnswering).toBe(false); });
    expect(shown(result.current.messages)).toEqual(['user: Hi (complete)', 'assistant: Hello (complete)']);

    vi.mocked(tryStream).mockResolvedValueOnce(body().stream);
    act(() => { result.current.ask(draft, 'And?'); });
    await waitFor(() => { expect(tryStream).toHaveBeenCalledTimes(2); });
    expect(sent(1)).toEqual([{ role: 'user', content: 'Hi' }, { role: 'assistant', content: 'Hello' }, { role: 'user', content: 'And?' }]);
  });

  it('stops with what there is, and the request with it', async () => {
    const answer = body();
    vi.mocked(tryStream).mockResolvedValueOnce(answer.stream);
    const { result } = renderHook(() => useTrial());
    act(() => { result.current.ask(draft, 'Hi'); });
    answer.write(started + said('Hel', 3));
    await waitFor(() => { expect(result.current.messages).toHaveLength(2); });
    await waitFor(() => { expect(result.current.messages[1]?.content).toBe('Hel'); });
    act(() => { result.current.stop(); });
    expect(shown(result.current.messages)).toEqual(['user: Hi (complete)', 'assistant: Hel (stopped)']);
    expect(vi.mocked(tryStream).mock.calls[0]?.[2].aborted).toBe(true);
  });

  it('ends with the page', () => {
    vi.mocked(tryStream).mockResolvedValueOnce(body().stream);
    const { result, unmount } = renderHook(() => useTrial());
    act(() => { result.current.ask(draft, 'Hi'); });
    unmount();
    expect(vi.mocked(tryStream).mock.calls[0]?.[2].aborted).toBe(true);
  });

  it.each([
    ['refused', () => Promise.reject(new ApiError(503, 'unavailable', 'Busy.')), 'Busy.'],
    ['broken off', () => { const broken = body(); broken.write(started + said('Hel', 3)); broken.end(); return Promise.resolve(broken.stream); }, /connection/],
  ])('says so when the answer is %s', async (_, answer, detail) => {
    vi.mocked(tryStream).mockImplementationOnce(answer);
    const { result } = renderHook(() => useTrial());
    act(() => { result.current.ask(draft, 'Hi'); });
    await waitFor(() => { expect(result.current.isAnswering).toBe(false); });
    expect(result.current.messages.at(-1)).toMatchObject({ status: 'failed', error: { code: 'internal', detail: expect.stringMatching(detail) as string } });
  });

  it('starts over', async () => {
    const answer = body();
    vi.mocked(tryStream).mockResolvedValueOnce(answer.stream);
    const { result } = renderHook(() => useTrial());
    act(() => { result.current.ask(draft, 'Hi'); });
    answer.write(started);
    await waitFor(() => { expect(result.current.messages).toHaveLength(2); });
    act(() => { result.current.clear(); });
    answer.write(done);
    expect(result.current.messages).toEqual([]);
    expect(result.current.isAnswering).toBe(false);
  });
});
