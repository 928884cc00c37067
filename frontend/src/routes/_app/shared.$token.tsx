import { createFileRoute } from '@tanstack/react-router';
import { SharedChat } from '@/features/sharing/shared-chat';

export const Route = createFileRoute('/_app/shared/$token')({ component: SharedPage });

function SharedPage() {
  return <SharedChat token={Route.useParams().token} />;
}
