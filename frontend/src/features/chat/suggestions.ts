/** What the text before the caret asks to choose: a bot after `@`, a starter after a `/` that begins the message. */
export interface Trigger {
  kind: 'bot' | 'starter';
  /** What is typed of its name. */
  query: string;
  /** Where the sign is. */
  start: number;
}

export function triggerAt(text: string, caret: number): Trigger | null {
  const before = text.slice(0, caret);
  const bot = /(?:^|\s)@([^\s@]{0,40})$/u.exec(before);
  if (bot) return { kind: 'bot', query: bot[1] ?? '', start: caret - (bot[1] ?? '').length - 1 };
  const starter = /^\/([^\n]{0,80})$/u.exec(before);
  return starter && caret === text.length ? { kind: 'starter', query: starter[1] ?? '', start: 0 } : null;
}

const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** Those that have the query in their name, those first in which a word begins with it. Accents do not matter. */
export function matching<Item>(items: readonly Item[], query: string, nameOf: (item: Item) => string): Item[] {
  const wanted = plain(query.trim());
  if (wanted === '') return [...items];
  const ranked = items.flatMap((item) => {
    const name = plain(nameOf(item));
    const at = name.indexOf(wanted);
    if (at < 0) return [];
    return [{ item, rank: at === 0 ? 0 : new RegExp(`[^\\p{L}\\p{N}]${wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}`, 'u').test(name) ? 1 : 2 }];
  });
  return ranked.sort((one, other) => one.rank - other.rank).map(({ item }) => item);
}
