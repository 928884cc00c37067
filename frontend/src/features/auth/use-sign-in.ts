import { useState } from 'react';
import type { Challenge } from '@/features/auth/cognito';
import { afterSignIn, auth } from '@/features/auth/session';

/** A sign-in, which may ask for more than the password. */
export function useSignIn(onSignedIn: () => void) {
  const [challenge, setChallenge] = useState<Challenge | null>(null);
  const goOn = async (next: Challenge | null) => {
    // What has been answered stays until the other page is there.
    if (next) {
      setChallenge(next);
      return;
    }
    await afterSignIn();
    onSignedIn();
  };
  const signIn = async (email: string, password: string) => goOn(await (await auth()).signIn(email, password));
  return { challenge, signIn, goOn, giveUp: () => { setChallenge(null); } };
}
