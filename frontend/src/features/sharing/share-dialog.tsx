import { useMutation, useQuery } from '@tanstack/react-query';
import { Check, Copy, Link2, Trash2 } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Chat, Share } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Dialog } from '@/components/ui/dialog';
import { Field, Select } from '@/components/ui/field';
import { ErrorNote, Loading } from '@/components/ui/states';
import { addressOf, revokeShare, shareChat, sharesQuery } from '@/features/sharing/api';
import { ago, day } from '@/lib/format';
import { useCopy } from '@/lib/use-copy';

interface Props {
  chat: Pick<Chat, 'id'>;
  open: boolean;
  onOpenChange: (open: boolean) => void;
}

const TERMS = [1, 7, 30, 90, 365];

/** Links to a chat as it was: made, copied, revoked. */
export function ShareDialog({ chat, open, onOpenChange }: Props) {
  const { t } = useTranslation('sharing');
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title={t('title')} description={t('lead')}>
      <ShareForm chat={chat} />
      <Links chatId={chat.id} />
    </Dialog>
  );
}

function ShareForm({ chat }: Pick<Props, 'chat'>) {
  const { t } = useTranslation('sharing');
  const [days, setDays] = useState(30);
  const share = useMutation(shareChat);
  return (
    <form
      className="space-y-3"
      onSubmit={(event) => {
        event.preventDefault();
        share.mutate({ chatId: chat.id, days });
      }}
    >
      <div className="flex flex-wrap items-end gap-3">
        <Field label={t('term.label')} className="min-w-40 flex-1">
          {(control) => (
            <Select {...control} value={days} onChange={(event) => { setDays(Number(event.target.value)); }}>
              {TERMS.map((term) => <option key={term} value={term}>{t('term.days', { count: term })}</option>)}
            </Select>
          )}
        </Field>
        <Button type="submit" disabled={share.isPending}><Link2 /> {t('make')}</Button>
      </div>
      {share.isError && <ErrorNote error={share.error} />}
    </form>
  );
}

function Links({ chatId }: { chatId: string }) {
  const { t } = useTranslation('sharing');
  const shares = useQuery(sharesQuery(chatId));
  if (shares.isPending) return <Loading rows={1} className="mt-5" rowClassName="h-16" />;
  if (shares.isLoadingError) return <ErrorNote error={shares.error} className="mt-5"><Button size="sm" variant="secondary" onClick={() => void shares.refetch()}>{t('failed.again', { ns: 'common' })}</Button></ErrorNote>;
  if (shares.data.length === 0) return null;
  return (
    <section className="mt-6 min-h-0 overflow-y-auto">
      <h3 className="mb-2 text-sm font-medium">{t('links')}</h3>
      <ul className="space-y-2">{shares.data.map((share) => <ShareRow key={share.id} share={share} />)}</ul>
    </section>
  );
}

function ShareRow({ share }: { share: Share }) {
  const { t } = useTranslation('sharing');
  const { copied, copy } = useCopy();
  const revoke = useMutation(revokeShare);
  return (
    <li className="rounded-xl border border-line px-3.5 py-3">
      <div className="flex items-center gap-1">
        <a dir="ltr" href={addressOf(share)} className="min-w-0 flex-1 truncate text-start text-sm text-mango-ink underline-offset-4 hover:underline">{addressOf(share)}</a>
        <Button variant="ghost" size="icon" aria-label={copied ? t('copied') : t('copy')} onClick={() => { void copy(addressOf(share)); }}>
          {copied ? <Check /> : <Copy />}
        </Button>
        <Button variant="ghost" size="icon" aria-label={t('revoke')} disabled={revoke.isPending} onClick={() => { revoke.mutate(share); }}><Trash2 /></Button>
      </div>
      <p className="text-xs leading-5 text-ink-faint">
        {t('made', { ago: ago(share.created_at), count: share.message_count })} · {t('expires', { date: day(share.expires_at) })}
      </p>
      {revoke.isError && <ErrorNote error={revoke.error} className="mt-2" />}
    </li>
  );
}
