import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import Toaster from '@/components/ui/toaster';
import { toast, toasts } from '@/lib/toasts';

/** Whether somebody else may take the Escape for theirs. */
async function escape() {
  const heard = vi.fn((event: KeyboardEvent) => !event.defaultPrevented);
  addEventListener('keydown', heard);
  await userEvent.keyboard('{Escape}');
  removeEventListener('keydown', heard);
  return heard.mock.results[0]?.value as boolean;
}

it('ends the time for a change of mind by Escape only where the focus is in it', async () => {
  render(<><input aria-label="Message" /><Toaster /></>);
  const onDone = vi.fn();
  toast({ text: 'Deleted', action: { label: 'Undo', run: () => undefined }, onDone });
  const undo = await screen.findByRole('button', { name: 'Undo' });
  screen.getByRole('textbox').focus();

  expect(await escape()).toBe(true);
  expect(onDone).not.toHaveBeenCalled();
  expect(undo).toBeVisible();

  undo.focus();
  expect(await escape()).toBe(false);
  expect(onDone).toHaveBeenCalledOnce();
  expect(toasts.get()).toEqual([]);
});
