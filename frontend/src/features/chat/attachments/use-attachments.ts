import { useState } from 'react';
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

/** The files that the next question of a chat is asked with. They are sent at once, so that asking waits for nothing. */
export function useAttachments(chatId: string | undefined) {
  const [chats, setChats] = useState<Record<string, Held>>({});
  const at = chatId ?? NEW;
  const { files, isFull } = chats[at] ?? none;
  const set = (change: (files: Pending[]) => Pending[], full = false) => {
    setChats((before) => ({ ...before, [at]: { files: change((before[at] ?? none).files), isFull: full } }));
  };
  // Wherever it is by now: the user may have gone on to another chat.
  const update = (key: string, change: Partial<Pending>) => {
    const changed = (held: Held) => ({ ...held, files: held.files.map((file) => (file.key === key ? { ...file, ...change } : file)) });
    setChats((before) => Object.fromEntries(Object.entries(before).map(([chat, held]) => [chat, changed(held)])));
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
    const preview = files.find((file) => file.key === key)?.preview;
    if (preview) URL.revokeObjectURL(preview);
    set((all) => all.filter((file) => file.key !== key));
  };

  return {
    files,
    isFull,
    add,
    remove,
    /** Empties the list; {@link put} undoes it where the question was not taken. */
    take: () => {
      set(() => []);
      return files;
    },
    put: (taken: Pending[]) => { set((all) => [...taken, ...all]); },
    /** The files of a new chat are those of the chat that it becomes. */
    moveTo: (id: string) => { setChats(({ [NEW]: held = none, ...others }) => ({ ...others, [id]: held })); },
    isSending: files.some(({ attachment, problem }) => !attachment && !problem),
  };
}
