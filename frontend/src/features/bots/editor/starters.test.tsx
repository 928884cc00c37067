import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { describe, expect, it } from 'vitest';
import { Starters } from '@/features/bots/editor/starters';

function Form({ start, onSubmit }: { start: string[]; onSubmit?: () => void }) {
  const [value, setValue] = useState(start);
  return (
    <form onSubmit={(event) => { event.preventDefault(); onSubmit?.(); }}>
      <Starters value={value} onChange={setValue} />
      <button type="submit">save</button>
    </form>
  );
}

const fields = () => screen.queryAllByRole<HTMLInputElement>('textbox');
const values = () => fields().map(({ value }) => value);

describe('Starters', () => {
  it('adds one, and goes on with Enter, which does not save the bot', async () => {
    let isSaved = false;
    render(<Form start={[]} onSubmit={() => { isSaved = true; }} />);
    await userEvent.click(screen.getByRole('button', { name: 'Add a starter' }));
    expect(fields()[0]).toHaveFocus();
    await userEvent.keyboard('Why?{Enter}Who?{Enter}');
    expect(values()).toEqual(['Why?', 'Who?', '']);
    expect(fields()[2]).toHaveFocus();
    // None after an empty one.
    await userEvent.keyboard('{Enter}');
    expect(values()).toHaveLength(3);
    expect(isSaved).toBe(false);
  });

  it('moves one by its buttons as far as it goes, with the focus', async () => {
    render(<Form start={['a', 'b', 'c']} />);
    await userEvent.click(screen.getByRole('button', { name: 'Move starter 3 up' }));
    expect(values()).toEqual(['a', 'c', 'b']);
    expect(screen.getByRole('button', { name: 'Move starter 2 up' })).toHaveFocus();
    await userEvent.keyboard('{Enter}');
    expect(values()).toEqual(['c', 'a', 'b']);
    // There is no further up.
    expect(fields()[0]).toHaveFocus();
  });

  it('moves one by the keys, with the focus, and says where to', async () => {
    render(<Form start={['a', 'b', 'c']} />);
    await userEvent.click(fields()[0] as HTMLElement);
    await userEvent.keyboard('{Alt>}{ArrowDown}{/Alt}');
    expect(values()).toEqual(['b', 'a', 'c']);
    expect(fields()[1]).toHaveFocus();
    expect(screen.getByRole('status')).toHaveTextContent('Moved to place 2');
    await userEvent.keyboard('{Alt>}{ArrowDown}{ArrowDown}{/Alt}');
    expect(values()).toEqual(['b', 'c', 'a']);
    await userEvent.keyboard('{Alt>}{ArrowUp}{/Alt}');
    expect(values()).toEqual(['b', 'a', 'c']);
  });

  it('moves one by its buttons, but not out of the list', async () => {
    render(<Form start={['a', 'b']} />);
    expect(screen.getByRole('button', { name: 'Move starter 1 up' })).toBeDisabled();
    expect(screen.getByRole('button', { name: 'Move starter 2 down' })).toBeDisabled();
    await userEvent.click(screen.getByRole('button', { name: 'Move starter 2 up' }));
    expect(values()).toEqual(['b', 'a']);
  });

  it('removes one, and keeps the focus in the list', async () => {
    render(<Form start={['a', 'b']} />);
    await userEvent.click(screen.getByRole('button', { name: 'Remove starter 2' }));
    expect(values()).toEqual(['a']);
    expect(fields()[0]).toHaveFocus();
    await userEvent.click(screen.getByRole('button', { name: 'Remove starter 1' }));
    expect(screen.getByRole('button', { name: 'Add a starter' })).toHaveFocus();
  });

  it('has six at the most', async () => {
    render(<Form start={['1', '2', '3', '4', '5', '6']} />);
    expect(screen.getByRole('button', { name: 'Add a starter' })).toBeDisabled();
    await userEvent.type(fields()[0] as HTMLElement, '{Enter}');
    expect(values()).toHaveLength(6);
  });
});
