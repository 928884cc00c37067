import { useRef, useSyncExternalStore } from 'react';
import { shallow } from 'zustand/shallow';
import type { Answer } from '@/features/chat/answer';
import { useAnswers } from '@/features/chat/answers';

/** Between two steps of an answer that grows, in milliseconds: more than that nobody sees. */
const STEP_MS = 40;
/** Of the time, so much is left to everything else, however slow the machine. */
const SHARE = 2;

/**
 * The answers in flight that `isWanted` says. Their text may come faster than it can be drawn: told of at once is
 * what else changes, and of the text at a pace that leaves the page time for its reader.
 */
export function useLiveAnswers(isWanted: (answer: Answer) => boolean): Answer[] {
  const last = useRef<Answer[]>([]);
  const read = () => {
    const answers = Object.values(useAnswers.getState().answers).filter(isWanted);
    if (!shallow(answers, last.current)) last.current = answers;
    return last.current;
  };
  return useSyncExternalStore(subscribe, read);
}

function subscribe(changed: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let wait = STEP_MS;
  const tell = () => {
    timer = undefined;
    const began = performance.now();
    changed();
    // What it costs is known when it is painted.
    requestAnimationFrame(() => setTimeout(() => { wait = Math.max(STEP_MS, (performance.now() - began) * SHARE); }));
  };
  const end = useAnswers.subscribe(({ answers }, { answers: before }) => {
    const isSame = Object.keys(answers).length === Object.keys(before).length && Object.values(answers).every((answer) => isText(answer, before[answer.key]));
    if (isSame) timer ??= setTimeout(tell, wait);
    else {
      clearTimeout(timer);
      tell();
    }
  });
  return () => {
    clearTimeout(timer);
    end();
  };
}

/** Whether nothing is new but the text, which has begun. */
const isText = (answer: Answer, before: Answer | undefined) =>
  before?.phase === answer.phase && before.stopping === answer.stopping && before.messageId === answer.messageId && (before.text !== '' || answer.text === '');
