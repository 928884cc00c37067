import { expect, it } from 'vitest';
import { droppedFiles } from '@/features/knowledge/documents/dropped-files';

const fileEntry = (name: string) => ({ name, isDirectory: false, file: (done: (file: File) => void) => { done(new File(['x'], name)); } });
const folder = (name: string, ...entries: object[]) => ({
  name,
  isDirectory: true,
  createReader: () => {
    // One at a time, then none.
    const rest = [...entries];
    return { readEntries: (done: (entries: object[]) => void) => { done(rest.splice(0, 1)); } };
  },
});

it('takes files, and those in folders but hidden ones', async () => {
  const items = [
    { webkitGetAsEntry: () => fileEntry('a.pdf'), getAsFile: () => new File(['x'], 'a.pdf') },
    { webkitGetAsEntry: () => folder('reports', fileEntry('b.pdf'), fileEntry('.DS_Store'), folder('old', fileEntry('c.pdf')), folder('.git', fileEntry('config'))), getAsFile: () => null },
  ];
  const files = await droppedFiles({ items } as unknown as DataTransfer);
  expect(files.map(({ name }) => name)).toEqual(['a.pdf', 'b.pdf', 'c.pdf']);
});
