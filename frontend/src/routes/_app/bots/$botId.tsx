import { useQuery } from '@tanstack/react-query';
import { createFileRoute, Link } from '@tanstack/react-router';
import { MessageSquare } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import i18n from 'i18next';
import { Page } from '@/components/page';
import { Button } from '@/components/ui/button';
import { botQuery } from '@/features/bots/api';
import { BotEditor } from '@/features/bots/editor/bot-editor';
import { draftOf } from '@/features/bots/editor/draft';
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
  const { t } = useTranslation('bots');
  const bot = Route.useLoaderData();
  // As it is saved by now.
  const { name } = useQuery(botQuery(bot.id)).data ?? bot;
  const chat = <Button asChild variant="secondary"><Link to="/chat/{-$chatId}" params={{ chatId: undefined }} search={{ bot: bot.id }}><MessageSquare /> {t('chat')}</Link></Button>;
  return (
    <Page title={<bdi>{name}</bdi>} actions={chat}>
      <BotEditor key={bot.id} id={bot.id} start={draftOf(bot)} onSaved={() => undefined} />
    </Page>
  );
}
