// All tabs are one session: what one does, the others hear of by an event of local storage.

const KEY = 'mangoo-session';

/** `ended`: the tokens were no longer good, and nobody signed out. */
export type News = 'signed-in' | 'signed-out' | 'ended';

export function announce(news: News) {
  // Told apart from the one before, or it would be no change.
  localStorage.setItem(KEY, `${news} ${Date.now()}`);
}

/** Hears what other tabs of this browser have done. */
export function followTabs(listener: (news: News) => void) {
  addEventListener('storage', ({ key, newValue }) => {
    // All of the storage was cleared.
    if (key === null) listener('signed-out');
    if (key === KEY && newValue !== null) listener(newValue.split(' ')[0] as News);
  });
}
