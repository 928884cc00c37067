import { createFileRoute, useNavigate } from '@tanstack/react-router';
import i18n from 'i18next';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Page } from '@/components/page';
import { Button } from '@/components/ui/button';
import { BaseDialog } from '@/features/knowledge/base-form';
import { BaseList } from '@/features/knowledge/base-list';

export const Route = createFileRoute('/_app/knowledge/')({
  codeSplitGroupings: [['component']],
  loader: () => i18n.loadNamespaces('knowledge'),
  component: KnowledgePage,
});

function KnowledgePage() {
  const { t } = useTranslation('knowledge');
  const [isNew, setNew] = useState(false);
  const navigate = useNavigate();
  const open = () => { setNew(true); };
  return (
    <Page title={t('title')} lead={t('lead')} actions={<Button onClick={open}><Plus /> {t('new')}</Button>}>
      <BaseList onNew={open} />
      <BaseDialog open={isNew} onOpenChange={setNew} onSaved={(base) => void navigate({ to: '/knowledge/$baseId', params: { baseId: base.id } })} />
    </Page>
  );
}
