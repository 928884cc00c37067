import { create } from 'zustand';

/** Questions that are being edited, by their ids: what is typed outlives that its message is out of view, or was refused. */
export const useEdits = create<ReadonlyMap<string, string>>(() => new Map());

/** Keeps what was typed; null when the edit has ended. */
export function setEdit(id: string, text: string | null) {
  const edits = new Map(useEdits.getState());
  if (text === null) edits.delete(id);
  else edits.set(id, text);
  useEdits.setState(edits, true);
}
