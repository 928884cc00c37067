import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { describe, expect, it } from 'vitest';
import { ReasoningCard, ToolCard } from '@/features/chat/cards';

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

describe('ToolCard', () => {
  it('shows what the tool was given and what came back', async () => {
    render(<ToolCard name="search" input={{ query: 'mango' }} result="3 found" />);
    expect(screen.getByText('Used search')).toBeVisible();
    await userEvent.click(summary());
    expect(screen.getByText(/"query": "mango"/)).toBeVisible();
    expect(screen.getByText('3 found')).toBeVisible();
  });

  it('has no result as long as the tool runs', async () => {
    render(<ToolCard name="search" input="mango" result={null} />);
    expect(screen.getByText('Using search')).toBeVisible();
    await userEvent.click(summary());
    expect(screen.queryByText('Result')).toBeNull();
  });

  it('says that the tool failed', () => {
    render(<ToolCard name="search" input="" result="no network" hasFailed />);
    expect(screen.getByText('search failed')).toBeVisible();
  });
});
