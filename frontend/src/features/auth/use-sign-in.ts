import { useState } from 'react';
import { ApiError } from '@/api/error';
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
  /** After a code that is used up. A refusal of the service is the last word; of anything else signing in by hand tells. */
  const signInAfterCode = async (email: string, password: string, byHand: (email: string) => void) => {
    try {
      await signIn(email, password);
    } catch (failure) {
      if (failure instanceof ApiError) throw failure;
      byHand(email);
    }
  };
  return { challenge, signIn, signInAfterCode, goOn, giveUp: () => { setChallenge(null); } };
}
