import { queryOptions } from '@tanstack/react-query';
import { call } from '@/api/client';
import { ApiError } from '@/api/error';
import type { User } from '@/api/types';

export const register = () => call<User>('POST', '/users/register');

/** The caller. Somebody whom the service has not seen yet is registered. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async () => {
    try {
      return await call<User>('GET', '/users/me');
    } catch (error) {
      if (error instanceof ApiError && error.status === 404) return register();
      throw error;
    }
  },
  staleTime: Infinity,
});
