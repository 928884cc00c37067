import { fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { expect, it } from 'vitest';
import { useKeptFocus } from '@/lib/use-kept-focus';

function List() {
  const [names, setNames] = useState(['One', 'Two', 'Three']);
  return (
    <main id="main" tabIndex={-1}>
      <ul {...useKeptFocus<HTMLUListElement>()}>
        {names.map((name) => <li key={name}><button type="button" onClick={() => { setNames(names.filter((other) => other !== name)); }}>{name}</button></li>)}
      </ul>
      <button type="button" onClick={() => { setNames([]); }}>All</button>
    </main>
  );
}

it('goes to what takes the place of what goes, and nowhere else', async () => {
  render(<List />);
  await userEvent.click(screen.getByRole('button', { name: 'Two' }));
  expect(screen.getByRole('button', { name: 'Three' })).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  expect(screen.getByRole('button', { name: 'One' })).toHaveFocus();
  await userEvent.keyboard('{Enter}');
  expect(screen.getByRole('main')).toHaveFocus();
});

it('comes back to what could not have it while it worked, unless the user has gone elsewhere', async () => {
  function Slow() {
    const [isBusy, setBusy] = useState(false);
    return (
      <main>
        <ul {...useKeptFocus<HTMLUListElement>()}><li><button type="button" disabled={isBusy} onClick={() => { setBusy(true); }}>More</button></li></ul>
        <p onClick={() => { setBusy(false); }}>Done</p>
        <input aria-label="Search" onFocus={() => { setBusy(false); }} />
      </main>
    );
  }
  render(<Slow />);
  const more = screen.getByRole('button', { name: 'More' });
  await userEvent.click(more);
  // As a browser does with what is disabled.
  more.blur();
  fireEvent.click(screen.getByText('Done'));
  expect(more).toHaveFocus();
  await userEvent.click(more);
  await userEvent.click(screen.getByRole('textbox'));
  expect(screen.getByRole('textbox')).toHaveFocus();
  screen.getByRole('textbox').blur();
  fireEvent.click(screen.getByText('Done'));
  expect(document.body).toHaveFocus();
});

it('leaves the focus that is elsewhere', async () => {
  render(<List />);
  await userEvent.tab();
  expect(screen.getByRole('button', { name: 'One' })).toHaveFocus();
  await userEvent.click(screen.getByRole('button', { name: 'All' }));
  expect(screen.getByRole('button', { name: 'All' })).toHaveFocus();
});
