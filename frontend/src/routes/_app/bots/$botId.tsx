import { createFileRoute, useNavigate } from '@tanstack/react-router';
import i18n from 'i18next';
import { Page } from '@/components/page';
import { botQuery } from '@/features/bots/api';
import { type BotInput, BotForm } from '@/features/bots/bot-form';
import { queryClient } from '@/lib/query-client';

export const Route = createFileRoute('/_app/bots/$botId')({
  // Fresh each time: the form starts from it.
  loader: async ({ params }) => {
    const [bot] = await Promise.all([queryClient.fetchQuery({ ...botQuery(params.botId), staleTime: 0 }), i18n.loadNamespaces('bots')]);
    return bot;
  },
  component: EditBotPage,
});

function EditBotPage() {
  const bot = Route.useLoaderData();
  const navigate = useNavigate();
  const { name, model_id, temperature, max_tokens, rag_enabled, is_public, is_marketplace, tags } = bot;
  const start: BotInput = {
    name,
    description: bot.description ?? null,
    instructions: bot.instructions ?? null,
    model_id,
    temperature,
    max_tokens,
    rag_enabled,
    knowledge_base_id: bot.knowledge_base_id ?? null,
    is_public,
    is_marketplace,
    tags,
  };
  return (
    <Page narrow title={<bdi>{name}</bdi>}>
      <BotForm key={bot.id} id={bot.id} start={start} onSaved={() => void navigate({ to: '/bots' })} />
    </Page>
  );
}
