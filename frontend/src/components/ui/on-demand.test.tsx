import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { beforeEach, expect, it, vi } from 'vitest';
import { onDemand, whenOpened } from '@/components/ui/on-demand';
import { toasts } from '@/lib/toasts';

const gone = () => Promise.reject(new TypeError('Failed to fetch dynamically imported module'));

beforeEach(() => { toasts.set([]); });

it('says in its place that a part can’t be fetched, and tries again', async () => {
  const load = vi.fn<() => Promise<{ default: (props: { name: string }) => string }>>().mockImplementationOnce(gone).mockResolvedValue({ default: ({ name }) => `Hello, ${name}` });
  const Part = onDemand(load);
  render(<Part name="Ada" fallback="Loading" />);
  expect(screen.getByText('Loading')).toBeVisible();
  expect(await screen.findByRole('alert')).toHaveTextContent(/could not be loaded/);
  await userEvent.click(screen.getByRole('button', { name: 'Try again' }));
  expect(await screen.findByText('Hello, Ada')).toBeVisible();
});

it('closes a dialog that can’t be fetched, says so, and opens it the next time', async () => {
  const load = vi.fn<() => Promise<{ default: () => string }>>().mockImplementationOnce(gone).mockResolvedValue({ default: () => 'A dialog' });
  const Dialog = whenOpened<{ open: boolean; onOpenChange: (open: boolean) => void }>(load);
  function Page() {
    const [isOpen, setOpen] = useState(false);
    return <><button type="button" onClick={() => { setOpen(true); }}>{isOpen ? 'Opening' : 'Open'}</button><Dialog open={isOpen} onOpenChange={setOpen} /></>;
  }
  render(<Page />);
  await userEvent.click(screen.getByRole('button'));
  expect(await screen.findByRole('button', { name: 'Open' })).toBeVisible();
  expect(toasts.get().map(({ text }) => text)).toEqual([expect.stringMatching(/could not be loaded/)]);
  await userEvent.click(screen.getByRole('button'));
  expect(await screen.findByText('A dialog')).toBeVisible();
});
