import { createFileRoute, Link } from '@tanstack/react-router';
import i18n from 'i18next';
import { Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { Page } from '@/components/page';
import { Button } from '@/components/ui/button';
import { BotList } from '@/features/bots/bot-list';

export const Route = createFileRoute('/_app/bots/')({
  codeSplitGroupings: [['component']],
  loader: () => i18n.loadNamespaces('bots'),
  component: BotsPage,
});

function BotsPage() {
  const { t } = useTranslation('bots');
  return (
    <Page title={t('title')} lead={t('lead')} actions={<Button asChild><Link to="/bots/new"><Plus /> {t('new')}</Link></Button>}>
      <BotList />
    </Page>
  );
}
