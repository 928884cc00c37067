/** The files that were dropped, also those in folders; hidden ones, such as what a system keeps in each folder, are left out. */
export async function droppedFiles({ items }: DataTransfer): Promise<File[]> {
  // At once: the list is empty when the event is over.
  const dropped = Array.from(items, (item) => ({ folder: folderOf(item.webkitGetAsEntry()), file: item.getAsFile() }));
  const files = await Promise.all(dropped.map(({ folder, file }) => (folder ? filesIn(folder) : file ? [file] : [])));
  return files.flat();
}

const folderOf = (entry: FileSystemEntry | null) => (entry?.isDirectory ? (entry as FileSystemDirectoryEntry) : null);

async function filesIn(folder: FileSystemDirectoryEntry): Promise<File[]> {
  const reader = folder.createReader();
  const files: File[] = [];
  for (;;) {
    // As many as the browser likes to give at a time.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => { reader.readEntries(resolve, reject); });
    if (entries.length === 0) return files;
    for (const entry of entries.filter(({ name }) => !name.startsWith('.'))) {
      const inner = folderOf(entry);
      if (inner) files.push(...(await filesIn(inner)));
      else files.push(await new Promise<File>((resolve, reject) => { (entry as FileSystemFileEntry).file(resolve, reject); }));
    }
  }
}
