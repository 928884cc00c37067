import { useMutation, useQuery } from '@tanstack/react-query';
import { useBlocker } from '@tanstack/react-router';
import { Check } from 'lucide-react';
import { Tabs } from 'radix-ui';
import { type FormEvent, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Bot } from '@/api/types';
import { Button } from '@/components/ui/button';
import { Confirm } from '@/components/ui/confirm';
import { onDemand } from '@/components/ui/on-demand';
import { ErrorNote, Loading } from '@/components/ui/states';
import { isLeaving } from '@/features/auth/session';
import { modelsQuery, restoreVersion, saveBot } from '@/features/bots/api';
import { BotFields } from '@/features/bots/editor/bot-form';
import { type BotDraft, changes, draftOf, isChanged, merge, tidy } from '@/features/bots/editor/draft';
import { cn } from '@/lib/cn';
import { useMedia } from '@/lib/use-media';

// Answers are drawn by what chats are drawn by, and texts are compared: not everybody needs it.
const Trial = onDemand(async () => ({ default: (await import('@/features/bots/trial/trial')).Trial }));
const Versions = onDemand(async () => ({ default: (await import('@/features/bots/versions/versions')).Versions }));

interface Props {
  /** None for a new bot. */
  id: string | null;
  /** The agent that a new bot is made of. */
  agentId?: string | undefined;
  start: BotDraft;
  onSaved: (bot: Bot) => void;
}

type Tab = 'edit' | 'try' | 'versions';

/** A bot's form, and beside it (on a phone: in its place) what tries the bot out, and what it was before. */
export function BotEditor({ id, agentId, start, onSaved }: Props) {
  const { t } = useTranslation('editor');
  const isWide = useMedia('(min-width: 64rem)');
  const [chosen, setTab] = useState<Tab>('edit');
  const tab = isWide && chosen === 'edit' ? 'try' : chosen;
  // A trial goes on when another tab is opened, once there is one.
  const [wasTried, setTried] = useState(false);
  if ((isWide || tab === 'try') && !wasTried) setTried(true);

  const [saved, setSaved] = useState(start);
  const [bot, setBot] = useState(start);
  const [tags, setTags] = useState(start.tags.join(', '));
  const models = useQuery(modelsQuery);
  const defaultModel = models.data?.find(({ is_default }) => is_default)?.id ?? '';
  const save = useMutation(saveBot(id));
  const isDirty = isChanged(saved, bot);
  const leave = useLeave(isDirty);

  /** What the bot has become of what was in the form when it was asked for; what was typed since stays. */
  const take = (made: Bot) => {
    setSaved(draftOf(made));
    setBot((now) => merge(bot, now, draftOf(made)));
    setTags((now) => (now === tags ? made.tags.join(', ') : now));
  };
  // Here, since the tab may be left, and the version be closed, before it is done.
  const restore = useMutation(restoreVersion(id ?? ''));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const draft = tidy({ ...bot, model_id: bot.model_id || defaultModel });
    save.mutate(id ? changes(tidy(saved), draft) : { ...draft, ...(agentId ? { agent_id: agentId } : {}) }, {
      onSuccess: (made) => {
        take(made);
        restore.reset();
        leave.allow();
        onSaved(made);
      },
    });
  };

  const tabs = (
    <Tabs.List aria-label={t('tabs')} className={cn('flex gap-1 rounded-xl bg-raised p-1', isWide ? 'col-start-2 row-start-1' : 'mb-6')}>
      {!isWide && <TabButton value="edit">{t('tab.edit')}</TabButton>}
      <TabButton value="try">{t('tab.try')}</TabButton>
      {id && <TabButton value="versions">{t('tab.versions')}</TabButton>}
    </Tabs.List>
  );
  const panel = 'focus-visible:outline-offset-4';
  const beside = cn(panel, 'lg:sticky lg:top-6 lg:col-start-2 lg:row-start-2');
  return (
    <Tabs.Root value={tab} onValueChange={(value) => { setTab(value as Tab); }} className="lg:grid lg:grid-cols-[minmax(0,1fr)_minmax(22rem,26rem)] lg:grid-rows-[auto_1fr] lg:items-start lg:gap-x-8 lg:gap-y-4">
      {!isWide && tabs}
      <Tabs.Content value="edit" forceMount hidden={!isWide && tab !== 'edit'} className={cn(panel, 'lg:col-start-1 lg:row-span-2 lg:row-start-1')} {...(isWide ? { role: undefined, 'aria-labelledby': undefined, tabIndex: undefined } : {})}>
        <form onSubmit={submit} className="space-y-6">
          <BotFields bot={bot} onChange={(change) => { setBot((before) => ({ ...before, ...change })); }} tags={tags} onTags={setTags} defaultModel={defaultModel} isNew={id === null} />
          {save.isError && <ErrorNote error={save.error} />}
          <div className="sticky bottom-0 z-10 -mx-1 flex items-center justify-end gap-3 bg-canvas/90 px-1 py-3 backdrop-blur-sm">
            <p role="status" className="min-w-0 flex-1 text-sm text-ink-soft">
              {isDirty ? t('unsaved') : save.isSuccess && <span className="inline-flex items-center gap-1.5 text-leaf"><Check className="size-4" aria-hidden /> {t('saved')}</span>}
            </p>
            {isDirty && id && <Button variant="ghost" onClick={() => { setBot(saved); setTags(saved.tags.join(', ')); }}>{t('discard')}</Button>}
            <Button type="submit" size="lg" disabled={save.isPending || (id !== null && !isDirty)}>{id ? t('save') : t('make')}</Button>
          </div>
        </form>
      </Tabs.Content>
      {isWide && tabs}
      <Tabs.Content value="try" forceMount hidden={tab !== 'try'} className={beside}>
        {wasTried && <Trial fallback={<Loading rows={1} rowClassName="h-96" />} bot={bot} model={bot.model_id || defaultModel} />}
      </Tabs.Content>
      {id && (
        <Tabs.Content value="versions" className={beside}>
          <Versions fallback={<Loading rows={4} rowClassName="h-16" />} botId={id} isDirty={isDirty} restore={restore} onRestore={async (version) => { take(await restore.mutateAsync(version)); }} />
        </Tabs.Content>
      )}
      <Confirm open={leave.isAsking} onOpenChange={leave.stay} title={t('leave.title')} action={t('leave.action')} onConfirm={leave.go}>{t('leave.text')}</Confirm>
    </Tabs.Root>
  );
}

const TabButton = ({ value, children }: { value: Tab; children: string }) => (
  <Tabs.Trigger value={value} className="flex-1 rounded-lg px-3 py-1.5 text-sm font-medium text-ink-soft transition-colors hover:text-ink data-[state=active]:bg-surface data-[state=active]:text-ink data-[state=active]:shadow-soft">{children}</Tabs.Trigger>
);

/** Asks before what was not saved is lost: by the browser itself where the page goes away. */
function useLeave(isDirty: boolean) {
  const isAllowed = useRef(false);
  const asks = () => isDirty && !isAllowed.current && !isLeaving();
  const { status, proceed, reset } = useBlocker({ shouldBlockFn: asks, enableBeforeUnload: asks, withResolver: true });
  return {
    isAsking: status === 'blocked',
    stay: () => { reset?.(); },
    go: () => {
      proceed?.();
      return Promise.resolve();
    },
    /** For the move that follows a save, before the form knows that it is saved. */
    allow: () => {
      isAllowed.current = true;
      setTimeout(() => { isAllowed.current = false; });
    },
  };
}
