import { createEvent, fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it, vi } from 'vitest';
import type { Bot } from '@/api/types';
import { Composer } from '@/features/chat/composer';
import type { Choices } from '@/features/chat/use-suggestions';

function Typed({ onSend, ...props }: { onSend: (text: string) => void; onStop?: () => void; disabled?: boolean; choices?: Choices }) {
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

describe('suggestions', () => {
  const bots = ['Travel guide', 'Mangoo guide', 'Ferries'].map((name) => ({ id: name, name }) as Bot);
  const show = () => {
    const [send, onBot] = [vi.fn(), vi.fn()];
    render(<Typed onSend={send} choices={{ bots, onBot, starters: ['What can you do?', 'Where is the ferry?'] }} />);
    return { send, onBot };
  };
  const active = () => document.getElementById(box().getAttribute('aria-activedescendant') ?? '')?.textContent;

  it('offer bots after @, by keyboard, and take the name out of the text', async () => {
    const { send, onBot } = show();
    await userEvent.type(box(), 'Ask @guide');
    expect(await screen.findByRole('listbox', { name: 'Bots' })).toBeVisible();
    expect(screen.getAllByRole('option')).toHaveLength(2);
    await userEvent.keyboard('{ArrowDown}');
    expect(active()).toContain('Mangoo guide');
    await userEvent.keyboard('{Enter}');
    expect(onBot.mock.calls).toEqual([[bots[1]]]);
    expect(send).not.toHaveBeenCalled();
    expect(box().value).toBe('Ask ');
    expect(screen.queryByRole('listbox')).toBeNull();
  });

  it('offer starters after /, and put them into the text', async () => {
    const { send } = show();
    await userEvent.type(box(), '/ferry{Tab}');
    expect(box().value).toBe('Where is the ferry?');
    expect(box()).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    expect(send.mock.calls).toEqual([['Where is the ferry?']]);
  });

  it('are put away by Escape, which stops nothing then', async () => {
    show();
    const stops = vi.fn((event: KeyboardEvent) => event.defaultPrevented);
    addEventListener('keydown', stops);
    await userEvent.type(box(), '@g');
    await userEvent.keyboard('{Escape}');
    removeEventListener('keydown', stops);
    expect(stops.mock.results.at(-1)?.value).toBe(true);
    expect(screen.queryByRole('listbox')).toBeNull();
    await userEvent.type(box(), 'u');
    expect(screen.queryByRole('listbox')).toBeNull();
  });

  it('are picked by the mouse too', async () => {
    const { onBot } = show();
    await userEvent.type(box(), '@');
    await userEvent.click(screen.getByRole('option', { name: /Ferries/ }));
    expect(onBot.mock.calls).toEqual([[bots[2]]]);
  });

  it('leave a slash alone that no starter follows', async () => {
    const { send } = show();
    await userEvent.type(box(), '/etc/hosts{Enter}');
    expect(send.mock.calls).toEqual([['/etc/hosts']]);
  });
});
