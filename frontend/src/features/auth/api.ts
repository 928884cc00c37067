import { queryOptions } from '@tanstack/react-query';
import { api, ok } from '@/api/client';
import { isMissing } from '@/api/error';

export const register = () => ok(api.POST('/api/v1/users/register'));

/** The caller. Somebody whom the service has not seen yet is registered. */
export const meQuery = queryOptions({
  queryKey: ['me'],
  queryFn: async () => {
    try {
      return await ok(api.GET('/api/v1/users/me'));
    } catch (error) {
      if (isMissing(error)) return register();
      throw error;
    }
  },
  staleTime: Infinity,
});
