import { createFileRoute } from '@tanstack/react-router';
import { Base } from '@/features/knowledge/base';

export const Route = createFileRoute('/_app/knowledge/$baseId')({ component: BasePage });

function BasePage() {
  const { baseId } = Route.useParams();
  return <Base key={baseId} id={baseId} />;
}
