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

/** The files that the next question of a chat is asked with. They are sent at once, so that asking waits for nothing. */
export function useAttachments(chatId: string | undefined) {
  const [state, setState] = useState<{ chatId: string | undefined; files: Pending[]; isFull: boolean }>({ chatId, files: [], isFull: false });
  const { files, isFull } = state.chatId === chatId ? state : { files: [], isFull: false };
  const set = (change: (files: Pending[]) => Pending[], full = false) => {
    setState((before) => ({ chatId, files: change(before.chatId === chatId ? before.files : []), isFull: full }));
  };
  const update = (key: string, change: Partial<Pending>) => { set((all) => all.map((file) => (file.key === key ? { ...file, ...change } : file))); };

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
    isSending: files.some(({ attachment, problem }) => !attachment && !problem),
  };
}
