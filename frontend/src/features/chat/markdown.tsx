import { type ComponentProps, isValidElement, memo, type ReactNode, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import ReactMarkdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import type { Passage } from '@/api/types';
import { Citation } from '@/features/chat/citation';
import { rehypeCitations } from '@/features/chat/citations';
import { CodeBlock } from '@/features/chat/code-block';

const plugins = [remarkGfm];

/** A link may lead anywhere and an image would tell another server who reads: shown as a link. */
const elsewhere = { target: '_blank', rel: 'noopener noreferrer nofollow' };

const textOf = (node: ReactNode): string =>
  typeof node === 'string' ? node : Array.isArray(node) ? node.map(textOf).join('') : '';

function Picture({ src, alt }: ComponentProps<'img'>) {
  const { t } = useTranslation('chat');
  return <a href={typeof src === 'string' ? src : undefined} {...elsewhere}>{alt || t('message.image')}</a>;
}

const shared: Components = {
  a: ({ href, children }) => <a href={href} {...elsewhere}>{children}</a>,
  img: Picture,
  pre: ({ children }) => {
    if (!isValidElement<ComponentProps<'code'>>(children)) return <pre>{children}</pre>;
    const language = /language-([\w+#-]+)/.exec(children.props.className ?? '')?.[1] ?? '';
    return <CodeBlock language={language.toLowerCase()} code={textOf(children.props.children).replace(/\n$/, '')} />;
  },
};

/** An answer's text. Its HTML, if it has any, is shown as text. Citation marks open their passage. */
export const Markdown = memo(function Markdown({ text, passages }: { text: string; passages: Passage[] }) {
  const rehype = useMemo(() => [() => rehypeCitations(new Set(passages.map(({ number }) => number)))], [passages]);
  const components = useMemo<Components>(
    () => ({
      ...shared,
      cite: ({ node }) => {
        const passage = passages.find(({ number }) => number === node?.properties.dataNumber);
        return passage ? <Citation passage={passage} /> : null;
      },
    }),
    [passages],
  );
  return (
    <div dir="auto" className="prose">
      <ReactMarkdown remarkPlugins={plugins} rehypePlugins={rehype} components={components}>{text}</ReactMarkdown>
    </div>
  );
});
