/**
 * The files that were dropped, also those in folders; hidden ones, such as what a system keeps in each folder, are left
 * out. `unread` are the names of those that can't be read.
 */
export async function droppedFiles({ items }: DataTransfer): Promise<{ files: File[]; unread: string[] }> {
  const unread: string[] = [];
  // At once: the list is empty when the event is over.
  const dropped = Array.from(items, (item) => ({ folder: folderOf(item.webkitGetAsEntry()), file: item.getAsFile() }));
  const files = await Promise.all(dropped.map(({ folder, file }) => (folder ? filesIn(folder, unread) : file ? [file] : [])));
  return { files: files.flat(), unread };
}

const folderOf = (entry: FileSystemEntry | null) => (entry?.isDirectory ? (entry as FileSystemDirectoryEntry) : null);

async function filesIn(folder: FileSystemDirectoryEntry, unread: string[]): Promise<File[]> {
  const reader = folder.createReader();
  const files: File[] = [];
  for (;;) {
    // As many as the browser likes to give at a time.
    const entries = await new Promise<FileSystemEntry[]>((resolve) => {
      reader.readEntries(resolve, () => {
        unread.push(folder.name);
        resolve([]);
      });
    });
    if (entries.length === 0) return files;
    for (const entry of entries.filter(({ name }) => !name.startsWith('.'))) {
      const inner = folderOf(entry);
      if (inner) files.push(...(await filesIn(inner, unread)));
      else {
        const file = await new Promise<File | null>((resolve) => { (entry as FileSystemFileEntry).file(resolve, () => { resolve(null); }); });
        if (file) files.push(file);
        else unread.push(entry.name);
      }
    }
  }
}
