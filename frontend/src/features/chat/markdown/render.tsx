import type { Token } from 'markdown-it';
import { createElement, Fragment, type ReactNode } from 'react';
import type { Passage } from '@/api/types';
import { Citation } from '@/features/chat/citation';
import { splitCitations } from '@/features/chat/markdown/citations';
import { CodeBlock } from '@/features/chat/markdown/code-block';
import { Diagram } from '@/features/chat/markdown/diagram';
import { Formula } from '@/features/chat/markdown/formula';
import { Picture, ScrolledTable, TextLink } from '@/features/chat/markdown/parts';
import { number } from '@/lib/format';

/** What the tokens of a text need to be shown. */
export interface Context {
  passages: ReadonlyMap<number, Passage>;
  /** The footnotes in the order of their numbers, by label. */
  notes: readonly string[];
  /** Makes ids in this text differ from those in others. */
  prefix: string;
  /** More of the block may come: nothing is drawn that needs all of it. */
  isGrowing: boolean;
}

/** As React elements: no HTML is ever made of a text. */
export const render = (tokens: Token[], context: Context): ReactNode => renderUntil(tokens, { at: 0 }, context, null);

function renderUntil(tokens: Token[], cursor: { at: number }, context: Context, close: string | null): ReactNode[] {
  const nodes: ReactNode[] = [];
  while (cursor.at < tokens.length) {
    const token = tokens[cursor.at++];
    if (!token || token.type === close) break;
    const inside = token.nesting === 1 ? renderUntil(tokens, cursor, context, token.type.replace(/_open$/, '_close')) : null;
    nodes.push(<Fragment key={nodes.length}>{inside ? element(token, inside) : single(token, context)}</Fragment>);
  }
  return nodes;
}

/** Those that are an element of their name, and nothing else. */
const PLAIN = new Set(['p', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'ul', 'blockquote', 'strong', 'em', 's', 'thead', 'tbody', 'tr']);

const attribute = (token: Token, name: string) => String(token.attrGet(name) ?? '');

function element(token: Token, inside: ReactNode[]): ReactNode {
  // A tight list has no paragraphs, and footnotes are shown below the text.
  if (token.hidden) return inside;
  if (token.type === 'footnote_reference_open') return null;
  switch (token.tag) {
    case 'a':
      return link(token, inside);
    case 'ol':
      return <ol start={Number(token.attrGet('start') ?? 1)}>{inside}</ol>;
    case 'li':
      return <li className={token.info === 'task' ? 'task' : undefined}>{inside}</li>;
    case 'table':
      return <ScrolledTable>{inside}</ScrolledTable>;
    case 'th':
    case 'td': {
      const textAlign = /left|center|right/.exec(attribute(token, 'style'))?.[0] as 'left' | 'center' | 'right' | undefined;
      return createElement(token.tag, textAlign && { style: { textAlign } }, ...inside);
    }
    default:
      return PLAIN.has(token.tag) ? createElement(token.tag, null, ...inside) : inside;
  }
}

function link(token: Token, inside: ReactNode[]): ReactNode {
  const [href, title] = [attribute(token, 'href'), attribute(token, 'title')];
  return <TextLink href={href} title={title}>{inside}</TextLink>;
}

function single(token: Token, context: Context): ReactNode {
  switch (token.type) {
    case 'inline':
      return render(token.children ?? [], context);
    case 'text':
      return withCitations(token, context);
    case 'softbreak':
      return '\n';
    case 'hardbreak':
      return <br />;
    case 'hr':
      return <hr />;
    case 'code_inline':
      return <code>{token.content}</code>;
    case 'image':
      return <Picture src={attribute(token, 'src')} alt={token.content} />;
    case 'math':
      return <Formula source={token.content} isDisplay={token.info === 'display'} isGrowing={context.isGrowing && token.block && token.markup === ''} />;
    case 'fence':
    case 'code_block':
      return code(token, context);
    case 'task':
      return <input type="checkbox" checked={token.info === 'done'} disabled readOnly />;
    case 'footnote_ref':
      return <NoteMark label={(token.meta as { label: string }).label} context={context} />;
    default:
      return token.content;
  }
}

function withCitations({ content, info }: Token, { passages }: Context): ReactNode {
  // A link cannot hold another.
  if (info === 'in link') return content;
  return splitCitations(content, passages).map((part, index) => {
    const passage = typeof part === 'number' ? passages.get(part) : undefined;
    return passage ? <Citation key={index} passage={passage} /> : part;
  });
}

function code(token: Token, { isGrowing }: Context): ReactNode {
  const language = /^[\w+#-]+/.exec(token.info.trim())?.[0].toLowerCase() ?? '';
  const text = token.content.replace(/\n$/, '');
  return language === 'mermaid' ? <Diagram source={text} isGrowing={isGrowing} /> : <CodeBlock language={language} code={text} isGrowing={isGrowing} />;
}

function NoteMark({ label, context: { notes, prefix } }: { label: string; context: Context }) {
  const index = notes.indexOf(label) + 1;
  return <sup><TextLink href={`#${prefix}note-${index}`} id={`${prefix}mark-${index}`}>{number(index)}</TextLink></sup>;
}
