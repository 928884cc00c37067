import { create } from 'zustand';
import type { Attachment } from '@/api/types';
import { sendFile } from '@/features/chat/attachments/api';
import { isImage, MOST_FILES, type Refusal, refusal } from '@/features/chat/attachments/limits';

/** A file on its way to be asked with. */
export interface Pending {
  key: string;
  name: string;
  /** Shows an image before it is sent. */
  preview: string | null;
  attachment: Attachment | null;
  /** Why it can't be attached, found here or by the service. */
  problem: Refusal | Error | null;
}

interface Held {
  files: Pending[];
  /** More were added than a question takes. */
  isFull: boolean;
}

const none: Held = { files: [], isFull: false };
/** Where the files of a chat are that has no id yet. */
const NEW = 'new';

/** By chat; they outlive a visit to another page, as what was typed does. */
const useHeld = create<Record<string, Held>>(() => ({}));

/** Wherever it is by now: the user may have gone on to another chat. */
function update(key: string, change: Partial<Pending>) {
  const changed = (held: Held) => ({ ...held, files: held.files.map((file) => (file.key === key ? { ...file, ...change } : file)) });
  useHeld.setState((before) => Object.fromEntries(Object.entries(before).map(([chat, held]) => [chat, changed(held)])));
}

/** Gives back what shows files that are shown no more. */
export function release(files: Pending[]) {
  for (const { preview } of files) if (preview) URL.revokeObjectURL(preview);
}

/** The files that the next question of a chat is asked with. They are sent at once, so that asking waits for nothing. */
export function useAttachments(chatId: string | undefined) {
  const at = chatId ?? NEW;
  const { files, isFull } = useHeld((chats) => chats[at]) ?? none;
  const set = (change: (files: Pending[]) => Pending[], full = false) => {
    useHeld.setState((before) => ({ [at]: { files: change((before[at] ?? none).files), isFull: full } }));
  };

  const add = (added: File[]) => {
    const taken = added.slice(0, MOST_FILES - files.length);
    const pending = taken.map((file): Pending => ({
      key: crypto.randomUUID(),
      name: file.name,
      preview: isImage(file) ? URL.createObjectURL(file) : null,
      attachment: null,
      problem: refusal(file),
    }));
    set((all) => [...all, ...pending], taken.length < added.length);
    pending.forEach(({ key, problem }, index) => {
      const file = taken[index];
      if (problem || !file) return;
      sendFile(file).then((attachment) => { update(key, { attachment }); }, (error: Error) => { update(key, { problem: error }); });
    });
  };
  const remove = (key: string) => {
    release(files.filter((file) => file.key === key));
    set((all) => all.filter((file) => file.key !== key));
  };

  return {
    files,
    isFull,
    add,
    remove,
    /** Empties the list; {@link put} undoes it where the question was not taken, and {@link release} ends it where it was. */
    take: () => {
      set(() => []);
      return files;
    },
    put: (taken: Pending[]) => { set((all) => [...taken, ...all]); },
    /** The files of a new chat are those of the chat that it becomes. */
    moveTo: (id: string) => { useHeld.setState(({ [NEW]: held = none }) => ({ [NEW]: none, [id]: held })); },
    isSending: files.some(({ attachment, problem }) => !attachment && !problem),
  };
}
