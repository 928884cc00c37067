/** Moves the focus, which is in a row of chats that goes away, to the chat next to it, or to the page if it was the only one. */
export function focusNeighbour(row: HTMLElement | null | undefined) {
  const list = row?.closest('section');
  if (!row || !list?.contains(document.activeElement)) return;
  const links = [...list.querySelectorAll<HTMLElement>('li a')];
  const at = links.findIndex((link) => row.contains(link));
  (links[at + 1] ?? links[at - 1] ?? document.getElementById('main'))?.focus();
}
