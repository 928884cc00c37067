import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { configureApi } from '@/api/connection';
import type { Passage } from '@/api/types';
import { Sources } from '@/features/chat/citation';

const passage = (number: number, known: Partial<Passage> = {}): Passage => ({
  number, id: `p${number}`, knowledge_base_id: 'k', text: `The text of passage ${number}.`, source_type: 'document',
  source_uri: `source-${number}.pdf`, similarity: 0.8, is_cited: true, ...known,
});

const show = (...passages: Passage[]) =>
  render(<QueryClientProvider client={new QueryClient({ defaultOptions: { queries: { retry: false } } })}><Sources passages={passages} /></QueryClientProvider>);

const answer = (status: number, body: unknown) => {
  configureApi('https://mangoo.test', { token: () => Promise.resolve('t'), expired: () => undefined });
  const fetch = vi.fn((_: Request) => Promise.resolve(new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json' } })));
  vi.stubGlobal('fetch', fetch);
  return fetch;
};

afterEach(() => { vi.unstubAllGlobals(); });

describe('sources', () => {
  it('are the passages that an answer cites', () => {
    show(passage(1), passage(2, { is_cited: false }), passage(3));
    expect(screen.getAllByRole('button').map((button) => button.textContent)).toEqual(['1source-1.pdf', '3source-3.pdf']);
  });

  it('are not shown where none is cited', () => {
    expect(show(passage(1, { is_cited: false })).container.textContent).toBe('');
  });

  it('open the passage in its document', async () => {
    Element.prototype.scrollIntoView = vi.fn();
    const fetch = answer(200, { document_id: 'd', start: 500, text: `${'a'.repeat(1500)}🥭 passage${'b'.repeat(1500)}`, next: 4000 });
    show(passage(1, { document_id: 'd', page: 3, headings: ['Leave', 'Sick leave'], char_start: 2000, char_end: 2009 }));
    await userEvent.click(screen.getByRole('button', { name: /source-1/ }));
    const dialog = within(screen.getByRole('dialog', { name: 'Passage 1' }));
    expect(await dialog.findByText('page 3 · Leave › Sick leave')).toBeVisible();
    await userEvent.click(dialog.getByRole('button', { name: 'Show in its document' }));
    const mark = await dialog.findByText('🥭 passage');
    expect(mark.tagName).toBe('MARK');
    expect(mark.parentElement?.textContent).toBe(`…${'a'.repeat(1500)}🥭 passage${'b'.repeat(1500)}…`);
    expect(new URL(fetch.mock.calls[0]?.[0].url ?? '').search).toBe('?start=500&limit=3009');
  });

  it('say so when the document is not there', async () => {
    answer(404, { code: 'not_found', detail: 'There is no such document, or it is not yours.' });
    show(passage(1, { document_id: 'd', char_start: 0, char_end: 9 }));
    await userEvent.click(screen.getByRole('button', { name: /source-1/ }));
    await userEvent.click(await screen.findByRole('button', { name: 'Show in its document' }));
    expect(await screen.findByText(/not shared with you/)).toBeVisible();
  });
});
