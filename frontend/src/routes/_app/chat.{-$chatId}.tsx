import { createFileRoute, useNavigate } from '@tanstack/react-router';
import { Conversation } from '@/features/chat/conversation';
import { useIsBoundFor } from '@/lib/use-is-bound-for';

export const Route = createFileRoute('/_app/chat/{-$chatId}')({
  // `message` is one that was searched for.
  validateSearch: ({ bot, message }: Record<string, unknown>): { bot?: string; message?: string } => ({
    ...(typeof bot === 'string' ? { bot } : {}),
    ...(typeof message === 'string' ? { message } : {}),
  }),
  component: ChatPage,
});

// A new chat and an old one are one route, so that the page stays as it is when a chat gets its id.
function ChatPage() {
  const { chatId } = Route.useParams();
  const { bot, message } = Route.useSearch();
  const navigate = useNavigate();
  const isBoundFor = useIsBoundFor();
  const replace = (id: string) => void navigate({ to: '/chat/{-$chatId}', params: { chatId: id }, replace: true });
  return (
    <Conversation
      chatId={chatId}
      botId={bot}
      sought={message}
      // It is shown once, not again whenever the page is loaded.
      onFound={() => { if (chatId && isBoundFor(`/chat/${chatId}`)) replace(chatId); }}
      onChat={(id) => { if (isBoundFor('/chat')) replace(id); }}
    />
  );
}
