import { isLeaving } from '@/features/auth/session';
import { forgetDocument, refreshDocuments, uploadFile } from '@/features/knowledge/documents/api';
import { sharedValue } from '@/lib/shared-value';

/** A file on its way to the object store. */
export interface Upload {
  key: number;
  baseId: string;
  file: File;
  /** What it becomes, once the service knows of it. */
  documentId?: string | undefined;
  /** 0 to 1. */
  share: number;
  error: unknown;
}

/** Files that are sent at once: more share the line, and none is there sooner. */
const AT_ONCE = 3;
let lastKey = 0;

/** To any knowledge base: they go on when another page of the app is shown. */
const all = sharedValue<readonly Upload[]>([]);
const waiting: Upload[] = [];
/** Of those that are being sent, by their keys. */
const stops = new Map<number, AbortController>();

export const useUploads = (baseId: string) => all.use().filter((upload) => upload.baseId === baseId);

export function addUploads(baseId: string, files: Iterable<File>) {
  const added = Array.from(files, (file): Upload => ({ key: (lastKey += 1), baseId, file, share: 0, error: null }));
  all.set([...all.get(), ...added]);
  start(added);
}

export async function retryUpload(upload: Upload) {
  const again = { ...upload, documentId: undefined, share: 0, error: null };
  change(upload.key, again);
  await forgetLeftover(upload);
  // It may have been forgotten meanwhile.
  if (all.get().some(({ key }) => key === upload.key)) start([again]);
}

/** Forgets a file that failed, or that is not to be sent after all. */
export async function dropUpload({ key }: Upload) {
  const upload = all.get().find((other) => other.key === key);
  if (!upload) return;
  all.set(all.get().filter((other) => other !== upload));
  const place = waiting.findIndex((other) => other.key === key);
  if (place >= 0) waiting.splice(place, 1);
  // It cleans up after itself.
  if (stops.has(key)) stops.get(key)?.abort();
  else await forgetLeftover(upload);
}

/** A document that waits for its bytes, where it could not be deleted when they failed to come. */
async function forgetLeftover({ baseId, documentId }: Upload) {
  if (documentId === undefined) return;
  await forgetDocument(documentId);
  await refreshDocuments(baseId);
}

function change(key: number, known: Partial<Upload>) {
  all.set(all.get().map((upload) => (upload.key === key ? { ...upload, ...known } : upload)));
}

function start(added: Upload[]) {
  waiting.push(...added);
  while (stops.size < AT_ONCE) {
    const next = waiting.shift();
    if (!next) return;
    void send(next);
  }
}

async function send({ key, baseId, file }: Upload) {
  const stop = new AbortController();
  stops.set(key, stop);
  addEventListener('beforeunload', ask);
  try {
    await uploadFile(baseId, file, (known) => { change(key, known); }, stop.signal);
    await refreshDocuments(baseId);
    all.set(all.get().filter((upload) => upload.key !== key));
  } catch (error) {
    change(key, { error });
    if (stop.signal.aborted) void refreshDocuments(baseId);
  }
  stops.delete(key);
  start([]);
  if (stops.size === 0) removeEventListener('beforeunload', ask);
}

/** The browser asks whoever closes the page whether to break off what is on its way. */
function ask(event: BeforeUnloadEvent) {
  if (!isLeaving()) event.preventDefault();
}
