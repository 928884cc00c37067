import { Code, Workflow } from 'lucide-react';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CodeBlock } from '@/features/chat/markdown/code-block';
import { lazyModule } from '@/lib/lazy-module';
import { useDark } from '@/lib/use-dark';

const useMermaid = lazyModule(() => import('@/features/chat/markdown/mermaid'));

interface Image {
  of: string;
  url: string;
  width: number;
  height: number;
  description: string;
}

/** A diagram as an image, which runs and loads nothing; its code as long as it grows, and if it is none. */
export function Diagram({ source, isGrowing }: { source: string; isGrowing: boolean }) {
  const { t } = useTranslation('chat');
  const mermaid = useMermaid(!isGrowing);
  const isDark = useDark();
  const [image, setImage] = useState<Image | null>(null);
  const [showsCode, setShowsCode] = useState(false);

  useEffect(() => {
    if (!mermaid || isGrowing) return;
    let isShown = true;
    let url: string | undefined;
    void mermaid.draw(source, isDark).then(
      ({ svg, ...known }) => {
        if (!isShown) return;
        url = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
        setImage({ of: source, url, ...known });
      },
      () => { if (isShown) setImage(null); },
    );
    return () => {
      isShown = false;
      // The next image, in another theme, is there a moment later.
      if (url) setTimeout(() => { URL.revokeObjectURL(url ?? ''); }, 1000);
    };
  }, [mermaid, source, isDark, isGrowing]);

  const toggle = (
    <button type="button" aria-pressed={showsCode} onClick={() => { setShowsCode(!showsCode); }} className="flex items-center gap-1.5 rounded-lg px-2.5 py-1.5 hover:bg-raised hover:text-ink">
      {showsCode ? <Workflow className="size-3.5" aria-hidden /> : <Code className="size-3.5" aria-hidden />}
      {showsCode ? t('diagram.show') : t('diagram.code')}
    </button>
  );
  if (image?.of !== source) return <CodeBlock code={source} language="mermaid" isGrowing={isGrowing} />;
  if (showsCode) return <CodeBlock code={source} language="mermaid" actions={toggle} />;
  return (
    <figure className="code-block overflow-hidden rounded-xl border border-line">
      <div className="flex h-9 items-center justify-end border-b border-line pe-1 text-xs text-ink-faint">{toggle}</div>
      <div className="overflow-x-auto p-4" tabIndex={0}>
        <img src={image.url} width={image.width} height={image.height} alt={image.description || t('diagram.alt')} className="mx-auto h-auto max-w-full" />
      </div>
    </figure>
  );
}
