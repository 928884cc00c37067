import { useSyncExternalStore } from 'react';

/** A value that lives outside of components, for those that follow it. */
export function sharedValue<T>(initial: T) {
  let value = initial;
  const followers = new Set<() => void>();
  const subscribe = (follower: () => void) => {
    followers.add(follower);
    return () => followers.delete(follower);
  };
  const get = () => value;
  return {
    get,
    set: (next: T) => {
      value = next;
      for (const follower of followers) follower();
    },
    use: () => useSyncExternalStore(subscribe, get),
  };
}
