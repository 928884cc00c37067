import { createFileRoute, useNavigate } from '@tanstack/react-router';
import i18n from 'i18next';
import { useTranslation } from 'react-i18next';
import { Page } from '@/components/page';
import { BotEditor } from '@/features/bots/editor/bot-editor';
import { emptyBot } from '@/features/bots/editor/draft';
import { agentQuery } from '@/features/marketplace/api';
import { botFromAgent } from '@/features/marketplace/bot-from-agent';
import { queryClient } from '@/lib/query-client';

export const Route = createFileRoute('/_app/bots/new')({
  validateSearch: (search): { agent?: string } => (typeof search.agent === 'string' ? { agent: search.agent } : {}),
  loaderDeps: ({ search }) => ({ agent: search.agent }),
  loader: async ({ deps: { agent } }) => {
    await i18n.loadNamespaces('bots');
    return agent ? botFromAgent(await queryClient.ensureQueryData(agentQuery(agent))) : emptyBot;
  },
  component: NewBotPage,
});

function NewBotPage() {
  const { t } = useTranslation('bots');
  const start = Route.useLoaderData();
  const { agent } = Route.useSearch();
  const navigate = useNavigate();
  return (
    <Page title={t('new')} lead={start === emptyBot ? undefined : t('fromAgent')}>
      <BotEditor
        id={null}
        agentId={agent}
        start={start}
        // Whoever uses an agent wants to talk to it.
        onSaved={({ id }) => void navigate(agent ? { to: '/chat/{-$chatId}', params: { chatId: undefined }, search: { bot: id } } : { to: '/bots' })}
      />
    </Page>
  );
}
