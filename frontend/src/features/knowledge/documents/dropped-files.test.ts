import { expect, it } from 'vitest';
import { droppedFiles } from '@/features/knowledge/documents/dropped-files';

const fileEntry = (name: string) => ({ name, isDirectory: false, file: (done: (file: File) => void) => { done(new File(['x'], name)); } });
const locked = { name: 'locked.pdf', isDirectory: false, file: (_: unknown, fail: (error: Error) => void) => { fail(new Error('no permission')); } };
const folder = (name: string, ...entries: object[]) => ({
  name,
  isDirectory: true,
  createReader: () => {
    // One at a time, then none.
    const rest = [...entries];
    return { readEntries: (done: (entries: object[]) => void) => { done(rest.splice(0, 1)); } };
  },
});

it('takes files, and those in folders but hidden ones, and names what can’t be read', async () => {
  const items = [
    { webkitGetAsEntry: () => fileEntry('a.pdf'), getAsFile: () => new File(['x'], 'a.pdf') },
    { webkitGetAsEntry: () => folder('reports', fileEntry('b.pdf'), fileEntry('.DS_Store'), folder('old', locked, fileEntry('c.pdf')), folder('.git', fileEntry('config'))), getAsFile: () => null },
  ];
  const { files, unread } = await droppedFiles({ items } as unknown as DataTransfer);
  expect(files.map(({ name }) => name)).toEqual(['a.pdf', 'b.pdf', 'c.pdf']);
  expect(unread).toEqual(['locked.pdf']);
});
