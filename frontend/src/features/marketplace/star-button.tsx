import { useMutation, type UseMutationOptions } from '@tanstack/react-query';
import { Star } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { errorText } from '@/components/ui/states';
import { cn } from '@/lib/cn';
import { number } from '@/lib/format';
import { toast } from '@/lib/toasts';

interface Props<Item> {
  item: { id: string; star_count: number; is_starred: boolean };
  name: string;
  options: UseMutationOptions<Item, Error, { id: string; isStarred: boolean }>;
}

/** Marks a bot or an agent with one's star. It shows before the service has said yes. */
export function StarButton<Item>({ item, name, options }: Props<Item>) {
  const { t } = useTranslation('marketplace');
  const star = useMutation({
    ...options,
    // One after the other, or the first click might have the last word.
    scope: { id: `star-${item.id}` },
    onError: (error) => { toast({ text: errorText(error) }); },
  });
  const isStarred = star.isPending ? star.variables.isStarred : item.is_starred;
  const count = item.star_count + Number(isStarred) - Number(item.is_starred);
  return (
    <button
      type="button"
      aria-pressed={isStarred}
      aria-label={t('star', { name, count })}
      onClick={() => { star.mutate({ id: item.id, isStarred: !isStarred }); }}
      className={cn('-me-1.5 -mt-1 flex h-8 shrink-0 items-center gap-1.5 rounded-lg px-2 text-sm tabular-nums hover:bg-raised', isStarred ? 'text-mango-ink' : 'text-ink-soft')}
    >
      <Star className={cn('size-4', isStarred && 'fill-mango text-mango-strong')} aria-hidden />
      {number(count)}
    </button>
  );
}
