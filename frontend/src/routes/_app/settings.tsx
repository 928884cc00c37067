import { createFileRoute } from '@tanstack/react-router';
import i18n from 'i18next';
import { useTranslation } from 'react-i18next';
import { Page } from '@/components/page';
import { Settings } from '@/features/settings/settings';

export const Route = createFileRoute('/_app/settings')({
  codeSplitGroupings: [['component']],
  // Its forms speak of passwords as those before the sign-in do.
  loader: () => i18n.loadNamespaces(['settings', 'auth']),
  component: SettingsPage,
});

function SettingsPage() {
  const { t } = useTranslation('settings');
  return <Page title={t('title')} lead={t('lead')}><Settings /></Page>;
}
