import { act, renderHook } from '@testing-library/react';
import { expect, it, vi } from 'vitest';
import type { Attachment } from '@/api/types';
import { sendFile } from '@/features/chat/attachments/api';
import { useAttachments } from '@/features/chat/attachments/use-attachments';

vi.mock('@/features/chat/attachments/api');

it('keeps each chat’s files, whatever chat is shown when they have arrived', async () => {
  const sent: ((attachment: Attachment) => void)[] = [];
  vi.mocked(sendFile).mockImplementation(() => new Promise((resolve) => { sent.push(resolve); }));
  const { result, rerender, unmount } = renderHook((id: string | undefined) => useAttachments(id), { initialProps: undefined as string | undefined });
  const names = () => result.current.files.map(({ name, attachment }) => [name, attachment !== null]);
  const arrive = (at: number, name: string) => act(async () => { await Promise.resolve(sent[at]?.({ id: name, name, media_type: 'text/plain', size: 1 })); });
  const add = (name: string) => { act(() => { result.current.add([new File(['x'], name)]); }); };

  add('new.txt');
  act(() => { result.current.moveTo('a'); });
  expect(names()).toEqual([]);
  rerender('b');
  add('b.txt');
  await arrive(0, 'new.txt');
  expect(names()).toEqual([['b.txt', false]]);
  await arrive(1, 'b.txt');
  expect(names()).toEqual([['b.txt', true]]);
  rerender('a');
  expect(names()).toEqual([['new.txt', true]]);
  expect(result.current.isSending).toBe(false);

  // Another page, and back.
  unmount();
  expect(renderHook(() => useAttachments('a')).result.current.files.map(({ name }) => name)).toEqual(['new.txt']);
});
