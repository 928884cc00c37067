import { cloneElement, Fragment, type ReactElement, type ReactNode } from 'react';

interface Props {
  /** A message with tags, such as `New here? <signUp>Make an account</signUp>` or `Sent to <address/>.` */
  text: string;
  /** What the tags stand for. What a message has between two becomes the content; nothing else of it is markup. */
  parts: Record<string, ReactElement<{ children?: ReactNode }>>;
}

/** Puts elements into a message. (The `Trans` of react-i18next does more, and brings a parser of HTML into the first load.) */
export function Rich({ text, parts }: Props) {
  // The text between tags, and of each tag its name with what is in it: all in turn.
  const pieces = text.split(/<(\w+)(?:\/>|>(.*?)<\/\1>)/);
  const content: ReactNode[] = [pieces[0]];
  for (let at = 1; at < pieces.length; at += 3) {
    const [name = '', inner, after] = pieces.slice(at, at + 3);
    const part = parts[name];
    content.push(<Fragment key={at}>{part ? (inner ? cloneElement(part, {}, inner) : part) : inner}</Fragment>, after);
  }
  return content;
}
