import { QueryClientProvider, QueryObserver } from '@tanstack/react-query';
import { render, screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { configureApi } from '@/api/connection';
import type { Document } from '@/api/types';
import { baseQuery } from '@/features/knowledge/api';
import { Documents } from '@/features/knowledge/documents/documents';
import { queryClient } from '@/lib/query-client';

const document = (id: string, known: Partial<Document> = {}): Document => ({
  id, knowledge_base_id: 'b', name: `${id}.pdf`, size: 2_500_000, status: 'ready', error: null, progress: 100, chunks: 12, kind: 'pdf', pages: 3,
  characters: 900, url: null, metadata: {}, created_at: '2026-03-10T12:00:00Z', updated_at: '2026-03-10T12:00:00Z', ...known,
});

const json = (body: unknown) => new Response(JSON.stringify(body), { headers: { 'content-type': 'application/json' } });
const events = (...all: object[]) => new Response(all.map((event) => `data: ${JSON.stringify(event)}\n\n`).join(''), { headers: { 'content-type': 'text/event-stream' } });

/** Answers by what a request's address ends with. */
function serve(answers: Record<string, () => Response | Promise<Response>>) {
  configureApi('https://mangoo.test/api/v1', { token: () => Promise.resolve('t'), expired: () => undefined });
  const fetch = vi.fn((request: Request) => {
    const { pathname } = new URL(request.url);
    const answer = Object.entries(answers).find(([end]) => pathname.endsWith(end))?.[1];
    return Promise.resolve(answer?.() ?? new Response(null, { status: 404 }));
  });
  vi.stubGlobal('fetch', fetch);
  return fetch;
}

const show = (isOwn = true) => render(<QueryClientProvider client={queryClient}><Documents baseId="b" isOwn={isOwn} /></QueryClientProvider>);
const row = async (name: string) => within((await screen.findByText(name)).closest('li') ?? window.document.body);

beforeEach(() => { queryClient.clear(); });
afterEach(() => { vi.unstubAllGlobals(); });

describe('documents', () => {
  it('say what they are, what they wait for, and why they failed', async () => {
    serve({
      '/documents': () => json({
        items: [
          document('ready'),
          document('map', { kind: 'sitemap', url: 'https://example.com/map', name: 'map', pages: 31, chunks: 0, error: { code: 'addresses_left_out', detail: 'Some were left out.' } }),
          document('failed', { status: 'failed', error: { code: 'encrypted', detail: 'It is protected with a password.' } }),
        ],
      }),
    });
    show();
    expect((await row('ready.pdf')).getByText('PDF · 2.5 MB · 3 pages · 12 passages')).toBeVisible();
    expect((await row('map')).getByText('Sitemap · 2.5 MB · 31 pages added')).toBeVisible();
    expect((await row('map')).getByText('Some were left out.')).toBeVisible();
    expect((await row('failed.pdf')).getByText('It is protected with a password.')).toBeVisible();
    expect((await row('failed.pdf')).getByRole('button', { name: 'Retry' })).toBeVisible();
  });

  it('get on as the service tells, and are fetched again at the end', async () => {
    let listed = document('a', { status: 'queued', progress: 0 });
    const half = document('a', { status: 'embedding', progress: 40, error: { code: 'throttled', detail: 'The embedding model is busy.' } });
    let send: (text: string) => void = () => undefined;
    let end: () => void = () => undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => {
        send = (event) => { stream.enqueue(new TextEncoder().encode(`data: ${event}\n\n`)); };
        end = () => { stream.close(); };
      },
    });
    serve({ '/documents/watch': () => new Response(body), '/documents': () => json({ items: [listed] }), '/knowledge-bases': () => json({ items: [] }) });
    show();
    expect((await row('a.pdf')).getByText('In the queue')).toBeVisible();
    send(JSON.stringify({ type: 'document', document: half }));
    send(JSON.stringify({ type: 'progress', counts: { uploading: 0, queued: 1, extracting: 0, chunking: 0, embedding: 1, ready: 3, failed: 2 } }));
    expect(await screen.findByText('Taking in passages · 40%')).toBeVisible();
    expect(screen.getByText('The embedding model is busy.')).toBeVisible();
    expect(screen.getByRole('progressbar', { name: 'a.pdf' })).toHaveAttribute('aria-valuenow', '40');
    expect(screen.getByText('3 of 7 documents ready · 2 failed')).toBeVisible();
    listed = document('a');
    send(JSON.stringify({ type: 'done' }));
    end();
    expect(await screen.findByText('PDF · 2.5 MB · 3 pages · 12 passages')).toBeVisible();
  });

  it('have their base fetched again when the last is ready, though the stream goes on', async () => {
    let listed = document('a', { status: 'queued', progress: 0 });
    let send: (text: string) => void = () => undefined;
    const body = new ReadableStream<Uint8Array>({ start: (stream) => { send = (event) => { stream.enqueue(new TextEncoder().encode(`data: ${event}\n\n`)); }; } });
    const fetch = serve({ '/documents/watch': () => new Response(body), '/documents': () => json({ items: [listed] }), '/knowledge-bases/b': () => json({ id: 'b' }) });
    const observed = new QueryObserver(queryClient, baseQuery('b')).subscribe(() => undefined);
    const fetches = () => fetch.mock.calls.filter(([{ url }]) => url.endsWith('/knowledge-bases/b')).length;
    show();
    expect((await row('a.pdf')).getByText('In the queue')).toBeVisible();
    const before = fetches();
    listed = document('a');
    send(JSON.stringify({ type: 'document', document: listed }));
    await vi.waitFor(() => { expect(fetches()).toBeGreaterThan(before); });
    observed();
  });

  it('of somebody else can be read and not changed', async () => {
    serve({ '/documents': () => json({ items: [document('a')] }) });
    show(false);
    await userEvent.click((await row('a.pdf')).getByRole('button', { name: 'More on a.pdf' }));
    expect(screen.getByRole('menuitem', { name: 'Download' })).toBeVisible();
    expect(screen.queryByRole('menuitem', { name: 'Delete' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Upload files' })).toBeNull();
  });

  it('on their way go on when the page is left, and can be stopped', async () => {
    const sent: { abort: () => void; aborted: boolean }[] = [];
    vi.stubGlobal('XMLHttpRequest', class {
      upload = {};
      onabort: () => void = () => undefined;
      aborted = false;
      open() { /* The address does not matter. */ }
      send() { sent.push(this); }
      abort() { this.aborted = true; this.onabort(); }
    });
    const fetch = serve({ '/documents': () => json({ items: [], document: document('new'), upload: { url: '/bytes', method: 'PUT' } }), '/knowledge-bases': () => json({ items: [] }) });
    const { unmount } = show();
    await screen.findByText('No documents yet.');
    await userEvent.upload(screen.getByLabelText('Files'), new File(['x'], 'new.pdf'));
    await vi.waitFor(() => { expect(sent).toHaveLength(1); });
    unmount();
    expect(sent[0]?.aborted).toBe(false);
    const leaving = new Event('beforeunload', { cancelable: true });
    dispatchEvent(leaving);
    expect(leaving.defaultPrevented).toBe(true);
    show();
    await userEvent.click((await row('new.pdf')).getByRole('button', { name: 'Forget new.pdf' }));
    expect(sent[0]?.aborted).toBe(true);
    await vi.waitFor(() => { expect(fetch.mock.calls.some(([{ method, url }]) => method === 'DELETE' && url.endsWith('/documents/new'))).toBe(true); });
    expect(screen.queryByText('new.pdf')).toBeNull();
  });

  it('that are empty are not sent', async () => {
    const fetch = serve({ '/documents': () => json({ items: [] }), '/watch': () => events() });
    show();
    await screen.findByText('No documents yet.');
    await userEvent.upload(screen.getByLabelText('Files'), new File([], 'empty.txt'));
    expect(await screen.findByText('This file is empty.')).toBeVisible();
    expect(fetch.mock.calls.every(([request]) => request.method === 'GET')).toBe(true);
  });
});
