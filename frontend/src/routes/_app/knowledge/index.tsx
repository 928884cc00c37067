import { createFileRoute, useNavigate } from '@tanstack/react-router';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { Page } from '@/components/page';
import { Button } from '@/components/ui/button';
import { BaseDialog } from '@/features/knowledge/base-form';
import { BaseList } from '@/features/knowledge/base-list';

export const Route = createFileRoute('/_app/knowledge/')({ component: KnowledgePage });

function KnowledgePage() {
  const [isNew, setNew] = useState(false);
  const navigate = useNavigate();
  const open = () => { setNew(true); };
  return (
    <Page title="Knowledge" lead="Your texts, for bots to look up and cite." actions={<Button onClick={open}><Plus /> New knowledge base</Button>}>
      <BaseList onNew={open} />
      <BaseDialog open={isNew} onOpenChange={setNew} onSaved={(base) => void navigate({ to: '/knowledge/$baseId', params: { baseId: base.id } })} />
    </Page>
  );
}
