import { createFileRoute } from '@tanstack/react-router';
import i18n from 'i18next';
import { Base } from '@/features/knowledge/base';

export const Route = createFileRoute('/_app/knowledge/$baseId')({
  codeSplitGroupings: [['component']],
  loader: () => i18n.loadNamespaces('knowledge'),
  component: BasePage,
});

function BasePage() {
  const { baseId } = Route.useParams();
  return <Base key={baseId} id={baseId} />;
}
