import { useMutation, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Bot as BotIcon, Plus, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '@/api/types';
import { Button } from '@/components/ui/button';
import { cards } from '@/components/ui/card';
import { Confirm } from '@/components/ui/confirm';
import { Empty, Failed, Loading } from '@/components/ui/states';
import { meQuery } from '@/features/auth/api';
import { botsQuery, deleteBot } from '@/features/bots/api';
import { BotCard } from '@/features/bots/bot-card';

export function BotList() {
  const { t } = useTranslation('bots');
  const bots = useQuery(botsQuery);
  const me = useQuery(meQuery);
  const [doomed, setDoomed] = useState<Bot | null>(null);
  const remove = useMutation(deleteBot);

  if (bots.isPending || me.isPending) return <Loading rows={6} className={cards} rowClassName="h-44" />;
  if (bots.isLoadingError) return <Failed error={bots.error} onRetry={() => void bots.refetch()} />;
  const own = bots.data.filter((bot) => bot.owner_id === me.data?.id);
  const others = bots.data.filter((bot) => bot.owner_id !== me.data?.id);
  return (
    <>
      {own.length === 0 ? (
        <Empty icon={BotIcon} title={t('empty.title')} action={<Button asChild><Link to="/bots/new"><Plus /> {t('new')}</Link></Button>}>
          {t('empty.text')}
        </Empty>
      ) : (
        <div className={cards}>
          {own.map((bot) => (
            <BotCard key={bot.id} bot={bot} isOwn>
              <Button size="sm" variant="ghost" aria-label={t('deleteNamed', { name: bot.name })} onClick={() => { setDoomed(bot); }}><Trash2 /></Button>
            </BotCard>
          ))}
        </div>
      )}
      {others.length > 0 && (
        <section className="mt-10">
          <h2 className="mb-4 font-semibold tracking-tight">{t('shared')}</h2>
          <div className={cards}>{others.map((bot) => <BotCard key={bot.id} bot={bot} isOwn={false} />)}</div>
        </section>
      )}
      <Confirm
        open={doomed !== null}
        onOpenChange={() => { setDoomed(null); }}
        title={t('deleteQuestion', { name: doomed?.name })}
        action={t('deletion.action')}
        onConfirm={async () => { if (doomed) await remove.mutateAsync(doomed.id); }}
      >
        {t('deletion.text')}
      </Confirm>
    </>
  );
}
