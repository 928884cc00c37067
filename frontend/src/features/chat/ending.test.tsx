import { act, render, screen } from '@testing-library/react';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '@/api/error';
import { Ending, SendProblem } from '@/features/chat/ending';

vi.mock('@tanstack/react-router', () => ({ Link: ({ children }: { children: React.ReactNode }) => <a href="/chat">{children}</a> }));

beforeEach(() => {
  vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:05Z') });
  return () => vi.useRealTimers();
});

const pass = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));

describe('Ending', () => {
  it('counts down before a busy model is asked again', async () => {
    const again = vi.fn();
    render(<Ending code="throttled" detail="Busy." since="2026-01-01T00:00:00Z" onAgain={again} />);
    expect(screen.getByRole('button', { name: 'Again in 10 s' })).toBeDisabled();
    await pass(4000);
    expect(screen.getByRole('button', { name: 'Again in 6 s' })).toBeDisabled();
    await pass(7000);
    screen.getByRole('button', { name: 'Ask again' }).click();
    expect(again).toHaveBeenCalledTimes(1);
  });

  it('does not ask again what is too long, but says what helps', () => {
    render(<Ending code="context_too_long" detail="Too long." since="2026-01-01T00:00:00Z" onAgain={vi.fn()} />);
    expect(screen.getByText(/Begin a new chat/)).toBeVisible();
    expect(screen.queryByRole('button', { name: 'Ask again' })).toBeNull();
    expect(screen.getByRole('link', { name: 'New chat' })).toBeVisible();
  });

  it('is no error where the user stopped', () => {
    render(<Ending code="stopped" detail="You stopped." since="2026-01-01T00:00:00Z" />);
    expect(screen.getByText('Stopped')).toBeVisible();
    expect(screen.queryByText(/You stopped/)).toBeNull();
  });
});

describe('SendProblem', () => {
  const show = (error: unknown) => render(<SendProblem problem={{ error, at: Date.now() }} onSend={vi.fn()} />);

  it('waits as long as the service says', async () => {
    const error = new ApiError(429, 'throttled', 'Slow down.');
    error.retryAfter = 3;
    show(error);
    expect(screen.getByRole('button', { name: 'Again in 3 s' })).toBeDisabled();
    await pass(3500);
    expect(screen.getByRole('button', { name: 'Send' })).toBeEnabled();
  });

  it('tells offline from unreachable', () => {
    vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false);
    show(ApiError.network());
    expect(screen.getByRole('alert')).toHaveTextContent('You are offline');
  });

  it('says that the user is signed out', () => {
    show(new ApiError(401, 'unauthorized', 'Your session has ended.'));
    expect(screen.getByRole('alert')).toHaveTextContent('You are signed out');
  });

  it('says of anything else what the service said', () => {
    show(new ApiError(503, 'unavailable', 'It is starting.'));
    expect(screen.getByRole('alert')).toHaveTextContent('It is starting.');
    expect(screen.getByRole('button', { name: 'Send' })).toBeEnabled();
  });
});
