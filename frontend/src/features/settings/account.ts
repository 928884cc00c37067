import { mutationOptions } from '@tanstack/react-query';
import { meQuery, register } from '@/features/auth/api';
import { callAsUser, renewTokens } from '@/features/auth/session';
import { queryClient } from '@/lib/query-client';

/** The name is Cognito's; the service reads it from the token. */
export const changeName = mutationOptions({
  mutationFn: async (name: string) => {
    await callAsUser('UpdateUserAttributes', { UserAttributes: [{ Name: 'name', Value: name }] });
    await renewTokens();
    return register();
  },
  onSuccess: (me) => { queryClient.setQueryData(meQuery.queryKey, me); },
});

export const changePassword = mutationOptions({
  mutationFn: ({ before, after }: { before: string; after: string }) => callAsUser('ChangePassword', { PreviousPassword: before, ProposedPassword: after }),
});
