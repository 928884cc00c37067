import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { expect, it, vi } from 'vitest';
import { RenameField } from '@/features/history/rename-field';

async function type(keys: string) {
  const onEnd = vi.fn();
  const outside = vi.fn();
  render(<div onKeyDown={outside}><RenameField title="Ferries" onEnd={onEnd} /><button type="button" /></div>);
  await userEvent.keyboard(keys);
  return { onEnd, outside };
}

it('begins with all of the title selected, and keeps what is typed on Enter', async () => {
  const { onEnd } = await type(' Tides {Enter}');
  expect(onEnd.mock.calls).toEqual([['Tides']]);
});

it('leaves the title as it was on Esc, which nothing else hears of', async () => {
  const { onEnd, outside } = await type('Tides{Escape}');
  expect(onEnd.mock.calls).toEqual([[null]]);
  expect(outside).not.toHaveBeenCalledWith(expect.objectContaining({ key: 'Escape' }));
});

it('leaves the title as it was where nothing is left', async () => {
  const { onEnd } = await type('{Delete} {Enter}');
  expect(onEnd.mock.calls).toEqual([[null]]);
});

it('keeps what is typed when the focus goes elsewhere', async () => {
  const { onEnd } = await type('Tides');
  await userEvent.click(screen.getByRole('button'));
  expect(onEnd.mock.calls).toEqual([['Tides']]);
});
