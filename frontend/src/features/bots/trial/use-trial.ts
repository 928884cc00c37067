import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiError } from '@/api/error';
import type { Message } from '@/api/types';
import { errorText } from '@/components/ui/states';
import { type Draft, tryStream } from '@/features/bots/api';
import { type Answer, applyEvent, newAnswer, withAnswers } from '@/features/chat/answer';
import { readSse } from '@/lib/sse';

/** The newest so many messages go with a question: the service takes 50. */
const MOST = 49;

/** A conversation with a bot that is not saved. It lives as long as the page shows it. */
export function useTrial() {
  const [messages, setMessages] = useState<Message[]>([]);
  const [answer, setAnswer] = useState<Answer | null>(null);
  const running = useRef<AbortController | null>(null);

  // Who goes away wants no more of it, and pays for no more.
  useEffect(() => () => { running.current?.abort(); }, []);

  const ask = useCallback(async (draft: Draft, before: Message[], question: string) => {
    running.current?.abort();
    const control = new AbortController();
    running.current = control;
    let current = newAnswer({ key: crypto.randomUUID(), question });
    const show = (next: Answer) => {
      current = next;
      if (running.current === control) setAnswer(next);
    };
    show(current);
    try {
      const said = before.filter(({ content }) => content.trim() !== '').slice(-MOST).map(({ role, content }) => ({ role, content }));
      const stream = await tryStream(draft, [...said, { role: 'user', content: question }], control.signal);
      for await (const event of readSse(stream)) {
        if (control.signal.aborted) return;
        show(applyEvent(current, event));
        if (current.phase === 'ended') break;
      }
      if (current.phase !== 'ended') throw ApiError.network();
    } catch (error) {
      if (control.signal.aborted) return;
      show({ ...current, phase: 'ended', failure: { code: error instanceof ApiError && error.code === 'throttled' ? 'throttled' : 'internal', detail: errorText(error) } });
    }
    setMessages(withAnswers(before, [current]));
    setAnswer(null);
  }, []);

  /** Ends the answer; what there is of it stays. */
  const stop = () => {
    running.current?.abort();
    if (answer) setMessages(withAnswers(messages, [{ ...answer, phase: 'ended', failure: { code: 'stopped', detail: '' } }]));
    setAnswer(null);
  };
  const clear = () => {
    running.current?.abort();
    setMessages([]);
    setAnswer(null);
  };
  return {
    messages: answer ? withAnswers(messages, [answer]) : messages,
    isAnswering: answer !== null,
    ask: (draft: Draft, question: string) => void ask(draft, messages, question),
    stop,
    clear,
  };
}
