import { fireEvent, render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BarChart } from '@/components/ui/bar-chart';

const show = () => render(
  <BarChart
    label="Tokens"
    bars={['1 March', '2 March', '3 March'].map((long) => ({ short: long.slice(0, 3), long }))}
    lines={[{ name: 'Sonnet', values: [10, 0, 30] }, { name: 'Nova', values: [0, 0, 12] }]}
    ticks={[0, 25, 50]}
    labelled={new Set([0, 2])}
    format={(value) => `${value} t`}
    formatTick={String}
    summary="All days"
  />,
);
const chart = () => screen.getByRole('slider', { name: 'Tokens' });

beforeEach(() => { document.documentElement.dir = 'ltr'; });
afterEach(() => { document.documentElement.dir = 'ltr'; });

it('says the last bar, with its parts, to who comes to it, and the others by keys', async () => {
  const user = userEvent.setup();
  show();
  expect(chart()).toHaveAttribute('aria-valuetext', '3 March: 42 t · \u2068Sonnet\u2069 30 t · \u2068Nova\u2069 12 t');
  await user.tab();
  expect(chart()).toHaveFocus();
  await user.keyboard('{ArrowLeft}');
  expect(chart()).toHaveAttribute('aria-valuetext', '2 March: 0 t');
  await user.keyboard('{ArrowLeft}{ArrowLeft}{ArrowLeft}');
  // A bar of one part has no list of parts.
  expect(chart()).toHaveAttribute('aria-valuetext', '1 March: 10 t');
  await user.keyboard('{End}{ArrowRight}');
  expect(chart()).toHaveAttribute('aria-valuenow', '2');
  await user.keyboard('{Home}');
  expect(chart()).toHaveAttribute('aria-valuenow', '0');
});

it('goes towards the end with the other arrow where lines go from right to left', async () => {
  const user = userEvent.setup();
  show();
  chart().style.direction = 'rtl';
  await user.tab();
  await user.keyboard('{ArrowRight}');
  expect(chart()).toHaveAttribute('aria-valuenow', '1');
});

it('tells of the bar below the pointer, also when mirrored, and of all when it has gone', () => {
  show();
  chart().getBoundingClientRect = () => ({ left: 0, width: 300 }) as DOMRect;
  fireEvent.pointerMove(chart(), { clientX: 10 });
  expect(screen.getByText('1 March: 10 t')).toBeInTheDocument();
  chart().style.direction = 'rtl';
  fireEvent.pointerMove(chart(), { clientX: 10 });
  expect(screen.getByText(/^3 March: 42 t/)).toBeInTheDocument();
  fireEvent.pointerLeave(chart());
  expect(screen.getByText('All days')).toBeInTheDocument();
});
