import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { Confirm } from '@/components/ui/confirm';
import { toasts } from '@/lib/toasts';

it('leaves what is asked next alone when the answer to the one before is late', async () => {
  const onOpenChange = vi.fn();
  let fail: (error: Error) => void = () => undefined;
  const show = (title: string, open: boolean, onConfirm: () => Promise<unknown>) => <Confirm open={open} onOpenChange={onOpenChange} title={title} action="Delete" onConfirm={onConfirm}>For good.</Confirm>;
  const first = () => new Promise((_, reject) => { fail = reject; });
  const second = () => new Promise(() => undefined);
  const { rerender } = render(show('One', true, first));
  await userEvent.click(await screen.findByRole('button', { name: 'Delete' }));
  expect(screen.getByRole('button', { name: 'Delete' })).toBeDisabled();
  await userEvent.click(screen.getByRole('button', { name: 'Cancel' }));
  rerender(show('One', false, first));
  rerender(show('Other', true, second));
  expect(screen.getByRole('button', { name: 'Delete' })).toBeEnabled();
  onOpenChange.mockClear();
  fail(new Error('Not yours.'));
  await vi.waitFor(() => { expect(toasts.get().map(({ text }) => text)).toEqual(['Not yours.']); });
  expect(screen.queryByRole('alert')).toBeNull();
  expect(onOpenChange).not.toHaveBeenCalled();
});
