import { render, screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Diagram } from '@/features/chat/markdown/diagram';
import { draw } from '@/features/chat/markdown/mermaid';

vi.mock('@/features/chat/markdown/mermaid', () => ({
  draw: vi.fn((source: string) => (source.startsWith('flowchart') ? Promise.resolve({ svg: '<svg/>', width: 40, height: 20, description: '' }) : Promise.reject(new Error('no diagram')))),
}));

beforeEach(() => {
  URL.createObjectURL = vi.fn(() => 'blob:drawn');
  URL.revokeObjectURL = vi.fn();
});

describe('Diagram', () => {
  it('is an image of its size, of which the code can be seen', async () => {
    render(<Diagram source="flowchart LR" isGrowing={false} />);
    const image = await screen.findByRole('img', { name: 'Diagram' });
    expect(image).toHaveAttribute('src', 'blob:drawn');
    expect(image).toHaveAttribute('width', '40');
    await userEvent.click(screen.getByRole('button', { name: 'Show code' }));
    expect(screen.getByText('flowchart LR')).toBeVisible();
    await userEvent.click(screen.getByRole('button', { name: 'Show diagram' }));
    expect(screen.getByRole('img')).toBeVisible();
  });

  it('is its code where it is none', async () => {
    render(<Diagram source="no diagram" isGrowing={false} />);
    await vi.waitFor(() => { expect(draw).toHaveBeenCalledWith('no diagram', false); });
    expect(screen.getByText('no diagram')).toBeVisible();
    expect(screen.queryByRole('img')).toBeNull();
  });

  it('is not drawn while it grows', () => {
    vi.mocked(draw).mockClear();
    render(<Diagram source="flowchart LR" isGrowing />);
    expect(screen.getByText('flowchart LR')).toBeVisible();
    expect(draw).not.toHaveBeenCalled();
  });
});
