import { useMutation } from '@tanstack/react-query';
import { Pin, PinOff } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '@/api/types';
import { Button } from '@/components/ui/button';
import { pinBot } from '@/features/bots/api';

/** Keeps a bot at hand on the dashboard, or no longer. */
export function PinButton({ bot }: { bot: Pick<Bot, 'id' | 'name' | 'is_pinned'> }) {
  const { t } = useTranslation('bots');
  // One after the other, or the first click might have the last word.
  const pin = useMutation({ ...pinBot, scope: { id: `pin-${bot.id}` } });
  const label = t(bot.is_pinned ? 'unpinNamed' : 'pinNamed', { name: bot.name });
  return (
    <Button size="sm" variant="ghost" aria-label={label} title={label} onClick={() => { pin.mutate(bot); }}>
      {bot.is_pinned ? <PinOff className="text-mango-ink" /> : <Pin />}
    </Button>
  );
}
