import { useQuery } from '@tanstack/react-query';
import { FileText } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { isMissing } from '@/api/error';
import type { SharedMessage } from '@/api/types';
import { Avatar } from '@/components/avatar';
import { Page } from '@/components/page';
import { Empty, Failed, Loading } from '@/components/ui/states';
import { PassageNumber } from '@/features/chat/citation';
import { Markdown } from '@/features/chat/markdown/markdown';
import { sourceName } from '@/features/knowledge/source-name';
import { sharedQuery } from '@/features/sharing/api';
import { day, facts } from '@/lib/format';

/** A chat as it was when somebody shared it, to be read. */
export function SharedChat({ token }: { token: string }) {
  const { t } = useTranslation('sharing');
  const { data, error, refetch } = useQuery(sharedQuery(token));
  if (error && isMissing(error)) {
    return <Page title={t('shared.title')} narrow><Empty icon={FileText} title={t('gone.title')}>{t('gone.text')}</Empty></Page>;
  }
  if (error) return <Page title={t('shared.title')} narrow><Failed error={error} onRetry={() => void refetch()} /></Page>;
  if (!data) return <Page title={t('shared.title')} narrow><Loading rowClassName="h-20" className="space-y-6" /></Page>;
  const by = data.shared_by ? t('shared.by', { name: data.shared_by, date: day(data.created_at) }) : t('shared.on', { date: day(data.created_at) });
  return (
    <Page title={<bdi>{data.title}</bdi>} lead={facts(by, t('expires', { date: day(data.expires_at) }))} narrow>
      <div className="space-y-8">
        {data.messages.map((message, index) => <SharedText key={index} message={message} botName={data.bot_name ?? t('answer')} />)}
      </div>
    </Page>
  );
}

function SharedText({ message, botName }: { message: SharedMessage; botName: string }) {
  const { t } = useTranslation('sharing');
  if (message.role === 'user') {
    return (
      <article aria-label={t('question')} className="ms-auto w-fit max-w-[85%] rounded-2xl rounded-ee-md bg-mango-wash px-4 py-2.5 text-[0.9375rem] leading-7 wrap-anywhere whitespace-pre-wrap">
        <p dir="auto">{message.content}</p>
      </article>
    );
  }
  return (
    <article aria-label={botName} className="flex gap-3.5">
      <Avatar name={botName} className="mt-0.5 size-8 rounded-lg text-xs max-sm:hidden" />
      <div className="min-w-0 flex-1">
        <p className="mb-1 text-sm font-semibold"><bdi>{botName}</bdi></p>
        <Markdown text={message.content} passages={[]} />
        {message.status !== 'complete' && <p className="mt-2 text-sm text-ink-faint">{t('unfinished')}</p>}
        {message.passages.length > 0 && (
          <ul aria-label={t('sources')} className="mt-3 flex flex-wrap gap-1.5">
            {message.passages.map((passage) => (
              <li key={passage.number} className="flex max-w-full items-center gap-2 rounded-lg border border-line bg-surface py-1 ps-1.5 pe-2.5 text-xs text-ink-soft">
                <PassageNumber number={passage.number} />
                <span dir="auto" className="max-w-64 truncate">{facts(sourceName(passage), passage.page != null && t('page', { number: passage.page }))}</span>
              </li>
            ))}
          </ul>
        )}
      </div>
    </article>
  );
}
