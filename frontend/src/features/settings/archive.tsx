import { useTranslation } from 'react-i18next';
import { ArchivedChats } from '@/features/history/archived-chats';
import { Section } from '@/features/settings/section';

export function Archive() {
  const { t } = useTranslation('settings');
  return <Section title={t('archive.title')} lead={t('archive.lead')}><ArchivedChats /></Section>;
}
