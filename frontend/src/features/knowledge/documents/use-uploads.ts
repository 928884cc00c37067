import { useCallback, useEffect, useRef, useState } from 'react';
import { refreshDocuments, uploadFile } from '@/features/knowledge/documents/api';

/** A file on its way to the object store. */
export interface Upload {
  key: number;
  file: File;
  /** What it becomes, once the service knows of it. */
  documentId?: string;
  /** 0 to 1. */
  share: number;
  error: unknown;
}

/** Files that are sent at once: more share the line, and none is there sooner. */
const AT_ONCE = 3;
let lastKey = 0;

export function useUploads(baseId: string) {
  const [uploads, setUploads] = useState<Upload[]>([]);
  const waiting = useRef<Upload[]>([]);
  const running = useRef(0);
  /** Aborted when the page is left. */
  const leave = useRef(new AbortController());
  useEffect(() => {
    // An effect may run again (React's strict mode has it do so), and what was aborted stays so.
    if (leave.current.signal.aborted) leave.current = new AbortController();
    return () => { leave.current.abort(); };
  }, []);

  const change = useCallback((key: number, known: Partial<Upload>) => {
    setUploads((all) => all.map((upload) => (upload.key === key ? { ...upload, ...known } : upload)));
  }, []);
  const drop = useCallback((key: number) => {
    waiting.current = waiting.current.filter((upload) => upload.key !== key);
    setUploads((all) => all.filter((upload) => upload.key !== key));
  }, []);

  const work = useCallback(async () => {
    if (running.current >= AT_ONCE) return;
    running.current += 1;
    const { signal } = leave.current;
    for (let next = waiting.current.shift(); next && !signal.aborted; next = waiting.current.shift()) {
      const { key, file } = next;
      try {
        await uploadFile(baseId, file, (known) => { change(key, known); }, signal);
        await refreshDocuments(baseId);
        drop(key);
      } catch (error) {
        change(key, { error });
      }
    }
    running.current -= 1;
  }, [baseId, change, drop]);

  const start = useCallback((added: Upload[]) => {
    waiting.current.push(...added);
    for (let workers = 0; workers < Math.min(AT_ONCE, added.length); workers += 1) void work();
  }, [work]);

  const add = useCallback((files: Iterable<File>) => {
    const added = Array.from(files, (file): Upload => ({ key: (lastKey += 1), file, share: 0, error: null }));
    setUploads((all) => [...all, ...added]);
    start(added);
  }, [start]);
  const retry = useCallback((upload: Upload) => {
    change(upload.key, { share: 0, error: null });
    start([upload]);
  }, [change, start]);
  return { uploads, add, retry, drop };
}
