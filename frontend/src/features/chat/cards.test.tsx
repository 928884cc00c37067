import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import type { Passage } from '@/api/types';
import { ReasoningCard, SearchCard } from '@/features/chat/cards';

const summary = () => screen.getByText((_, element) => element?.tagName === 'SUMMARY');

describe('ReasoningCard', () => {
  it('is folded, and opens', async () => {
    render(<ReasoningCard text="First **this**." isUnderway={false} />);
    expect(screen.getByText('Reasoning')).toBeVisible();
    expect(screen.queryByText('this')).toBeNull();
    await userEvent.click(summary());
    expect(screen.getByText('this').tagName).toBe('STRONG');
  });

  it('says that it goes on', () => {
    render(<ReasoningCard text="Hm" isUnderway />);
    expect(screen.getByText('Thinking it over')).toBeVisible();
  });
});

describe('SearchCard', () => {
  const passage = (number: number): Passage => ({ number, id: `p${number}`, knowledge_base_id: 'b', text: `Ferry ${number} leaves at dawn.`, source_type: 'text', source_uri: `ferry-${number}.md`, similarity: 0.5, is_cited: number === 1 });

  it('shows all that was found, cited or not, and opens it', async () => {
    render(<SearchCard passages={[passage(1), passage(2)]} />);
    expect(screen.getByText('Searched: 2 passages found')).toBeVisible();
    await userEvent.click(summary());
    const found = within(screen.getByRole('list', { name: 'Passages found' })).getAllByRole('button');
    expect(found.map(({ textContent }) => textContent)).toEqual(['1ferry-1.md50% similarFerry 1 leaves at dawn.', '2ferry-2.md50% similarFerry 2 leaves at dawn.']);
    await userEvent.click(screen.getByText('ferry-2.md'));
    expect(await screen.findByRole('dialog', { name: 'Passage 2' })).toHaveTextContent('Ferry 2 leaves at dawn.');
  });
});
