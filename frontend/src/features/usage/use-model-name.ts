import { useQuery } from '@tanstack/react-query';
import { modelsQuery } from '@/features/bots/api';

/** Names models for people: as they are offered, or by their id if they are not any more. */
export function useModelName() {
  const models = useQuery(modelsQuery);
  return (id: string | null | undefined) => models.data?.find((model) => model.id === id)?.name ?? id ?? '';
}
