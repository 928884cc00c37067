import { createEvent, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import { Composer } from '@/features/chat/composer';

function Typed({ onSend, ...props }: { onSend: (text: string) => void; onStop?: () => void; disabled?: boolean }) {
  const [text, setText] = useState('');
  return <Composer value={text} onChange={setText} onSend={() => { onSend(text); }} placeholder="Ask" {...props} />;
}
const box = () => screen.getByRole<HTMLTextAreaElement>('textbox', { name: 'Message' });

describe('Composer', () => {
  it('sends with Enter and breaks the line with Shift and Enter', async () => {
    const send = vi.fn();
    render(<Typed onSend={send} />);
    await userEvent.type(box(), 'one{Shift>}{Enter}{/Shift}two');
    expect(send).not.toHaveBeenCalled();
    expect(box().value).toBe('one\ntwo');
    await userEvent.type(box(), '{Enter}');
    expect(send.mock.calls).toEqual([['one\ntwo']]);
    expect(box().value).toBe('one\ntwo');
  });

  it.each([
    ['by the event', { isComposing: true }],
    ['by the key code, as in Safari', { keyCode: 229 }],
  ])('does not send while an input method composes, told %s', async (_, told) => {
    const send = vi.fn();
    render(<Typed onSend={send} />);
    await userEvent.type(box(), 'にほん');
    const enter = createEvent.keyDown(box(), { key: 'Enter', ...told });
    fireEvent(box(), enter);
    expect(send).not.toHaveBeenCalled();
    expect(enter.defaultPrevented).toBe(false);
  });

  it('does not send nothing', async () => {
    const send = vi.fn();
    render(<Typed onSend={send} />);
    await userEvent.type(box(), '  {Enter}');
    expect(send).not.toHaveBeenCalled();
    expect(screen.getByRole('button', { name: 'Send' })).toBeDisabled();
  });

  it('does not send without a bot', async () => {
    const send = vi.fn();
    render(<Typed onSend={send} disabled />);
    await userEvent.type(box(), 'hello{Enter}');
    expect(send).not.toHaveBeenCalled();
  });

  it('stops an answer under way, and lets the next question be typed', async () => {
    const [send, stop] = [vi.fn(), vi.fn()];
    render(<Typed onSend={send} onStop={stop} />);
    await userEvent.type(box(), 'next{Enter}');
    expect(send).not.toHaveBeenCalled();
    expect(box().value).toBe('next');
    await userEvent.click(screen.getByRole('button', { name: 'Stop' }));
    expect(stop).toHaveBeenCalledTimes(1);
  });
});
