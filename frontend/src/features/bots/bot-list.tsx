import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Bot as BotIcon, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import type { Bot } from '@/api/types';
import { Button } from '@/components/ui/button';
import { cards } from '@/components/ui/card';
import { Confirm } from '@/components/ui/confirm';
import { Empty, Failed, Loading } from '@/components/ui/states';
import { meQuery } from '@/features/auth/api';
import { botsQuery, deleteBot } from '@/features/bots/api';
import { BotCard } from '@/features/bots/bot-card';

export function BotList() {
  const bots = useQuery(botsQuery);
  const me = useQuery(meQuery);
  const [doomed, setDoomed] = useState<Bot | null>(null);
  const remove = useMutation(deleteBot);

  if (bots.isPending || me.isPending) return <Loading rows={6} className={cards} rowClassName="h-44" />;
  if (bots.isError) return <Failed error={bots.error} onRetry={() => void bots.refetch()} />;
  const own = bots.data.filter((bot) => bot.owner_id === me.data?.id);
  const others = bots.data.filter((bot) => bot.owner_id !== me.data?.id);
  return (
    <>
      {own.length === 0 ? (
        <Empty icon={BotIcon} title="Make your first bot" action={<Button asChild><Link to="/bots/new"><Plus /> New bot</Link></Button>}>
          A bot is a model with instructions of yours. Give it a knowledge base, and it answers from your documents.
        </Empty>
      ) : (
        <div className={cards}>
          {own.map((bot) => (
            <BotCard key={bot.id} bot={bot} isOwn>
              <Button size="sm" variant="ghost" aria-label={`Delete ${bot.name}`} onClick={() => { setDoomed(bot); }}><Trash2 /></Button>
            </BotCard>
          ))}
        </div>
      )}
      {others.length > 0 && (
        <section className="mt-10">
          <h2 className="mb-4 font-semibold tracking-tight">Shared with you</h2>
          <div className={cards}>{others.map((bot) => <BotCard key={bot.id} bot={bot} isOwn={false} />)}</div>
        </section>
      )}
      <Confirm
        open={doomed !== null}
        onOpenChange={() => { setDoomed(null); }}
        title={`Delete ${doomed?.name ?? ''}?`}
        action="Delete bot"
        onConfirm={async () => { if (doomed) await remove.mutateAsync(doomed.id); }}
      >
        Nobody will be able to chat with it any more. Chats with it stay.
      </Confirm>
    </>
  );
}
