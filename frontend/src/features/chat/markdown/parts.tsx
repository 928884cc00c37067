import type { MouseEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';

/** It may lead anywhere; one to a footnote stays on the page. */
export function TextLink({ href, title, id, label, children }: { href: string; title?: string; id?: string; label?: string; children: ReactNode }) {
  if (!href.startsWith('#')) return <a href={href} title={title === '' ? undefined : title} target="_blank" rel="noopener noreferrer nofollow">{children}</a>;
  const go = (event: MouseEvent) => {
    event.preventDefault();
    const target = document.getElementById(href.slice(1));
    target?.scrollIntoView({ block: 'center' });
    target?.focus({ preventScroll: true });
  };
  return <a href={href} id={id} aria-label={label} onClick={go}>{children}</a>;
}

/** An image would tell another server who reads: shown as a link. */
export function Picture({ src, alt }: { src: string; alt: string }) {
  const { t } = useTranslation('chat');
  return <TextLink href={src}>{alt || t('message.image')}</TextLink>;
}

/** Wider than the page, it scrolls in itself; by keyboard too. */
export function ScrolledTable({ children }: { children: ReactNode }) {
  const { t } = useTranslation('chat');
  return (
    <div role="region" aria-label={t('message.table')} tabIndex={0} className="table-scroll">
      <table>{children}</table>
    </div>
  );
}
