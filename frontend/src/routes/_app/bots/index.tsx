import { createFileRoute, Link } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { Page } from '@/components/page';
import { Button } from '@/components/ui/button';
import { BotList } from '@/features/bots/bot-list';

export const Route = createFileRoute('/_app/bots/')({ component: BotsPage });

function BotsPage() {
  return (
    <Page title="Bots" lead="Assistants with instructions, a model and knowledge of their own." actions={<Button asChild><Link to="/bots/new"><Plus /> New bot</Link></Button>}>
      <BotList />
    </Page>
  );
}
