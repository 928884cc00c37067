import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { beforeEach, describe, expect, it } from 'vitest';
import { Confirm } from '@/components/ui/confirm';
import { Dialog } from '@/components/ui/dialog';
import { Menu, MenuItem } from '@/components/ui/menu';
import { Popover } from '@/components/ui/popover';

function Sample() {
  const [dialog, setDialog] = useState('');
  const close = () => { setDialog(''); };
  return (
    <>
      <Menu trigger={<button type="button">More</button>}>
        <MenuItem onSelect={() => { setDialog('rename'); }}>Rename</MenuItem>
        <MenuItem onSelect={() => { setDialog('delete'); }}>Delete</MenuItem>
      </Menu>
      {['Either', 'Or'].map((name) => <button key={name} type="button" onClick={() => { setDialog('rename'); }}>{name}</button>)}
      <Dialog open={dialog === 'rename'} onOpenChange={close} title="Rename it"><input aria-label="Title" autoFocus /></Dialog>
      <Confirm open={dialog === 'delete'} onOpenChange={close} title="Delete it?" action="Delete it" onConfirm={() => Promise.resolve()}>It is gone then.</Confirm>
      <Popover trigger={<button type="button">Source</button>} label="Passage">{(done) => <button type="button" onClick={done}>Done</button>}</Popover>
    </>
  );
}

beforeEach(() => { render(<Sample />); });

const more = () => screen.getByRole('button', { name: 'More' });

describe('what is fetched when it is opened', () => {
  it('says before what it is', () => {
    expect(more()).toHaveAttribute('aria-haspopup', 'menu');
    expect(more()).toHaveAttribute('aria-expanded', 'false');
  });

  it.each(['{Enter}', '{ArrowDown}'])('opens by keyboard with %s, closes, and gives the focus back', async (key) => {
    const user = userEvent.setup();
    await user.tab();
    expect(more()).toHaveFocus();
    await user.keyboard(key);
    expect(await screen.findByRole('menu', { name: 'More' })).toBeVisible();
    expect(document.getElementById(screen.getByRole('menu').getAttribute('aria-labelledby') ?? '')).toHaveAttribute('aria-expanded', 'true');
    await user.keyboard('{Escape}');
    expect(screen.queryByRole('menu')).toBeNull();
    expect(more()).toHaveFocus();
  });

  // Twice: the second time it is there at once.
  it.each([['Rename', 'dialog', 'Rename it'], ['Delete', 'alertdialog', 'Delete it?']])('gives the focus back to the menu’s button after “%s”', async (item, role, name) => {
    const user = userEvent.setup();
    for (let time = 0; time < 2; time++) {
      await user.click(more());
      await user.click(await screen.findByRole('menuitem', { name: item }));
      expect(await screen.findByRole(role, { name })).toBeVisible();
      await user.keyboard('{Escape}');
      expect(screen.queryByRole(role)).toBeNull();
      expect(more()).toHaveFocus();
    }
  });

  it('gives the focus back to each button that opens it', async () => {
    const user = userEvent.setup();
    for (const name of ['Either', 'Or', 'Either']) {
      await user.click(screen.getByRole('button', { name }));
      expect(await screen.findByRole('dialog', { name: 'Rename it' })).toBeVisible();
      await user.keyboard('{Escape}');
      expect(screen.getByRole('button', { name })).toHaveFocus();
    }
  });

  it('closes a popover from within and by its button', async () => {
    const user = userEvent.setup();
    const source = screen.getByRole('button', { name: 'Source' });
    await user.click(source);
    await user.click(await screen.findByRole('button', { name: 'Done' }));
    expect(screen.queryByRole('dialog')).toBeNull();
    expect(source).toHaveFocus();
    await user.click(source);
    expect(await screen.findByRole('dialog', { name: 'Passage' })).toBeVisible();
    await user.click(source);
    expect(screen.queryByRole('dialog')).toBeNull();
  });
});
