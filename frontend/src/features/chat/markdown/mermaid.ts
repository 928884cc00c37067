import mermaid from 'mermaid';

export interface Drawing {
  svg: string;
  width: number;
  height: number;
  /** What its author says of it. */
  description: string;
}

const drawings = new Map<string, Drawing>();
let queue: Promise<unknown> = Promise.resolve();
let count = 0;

/** Draws a diagram; rejects if it is none. One after the other: there is one configuration for all. */
export function draw(source: string, isDark: boolean): Promise<Drawing> {
  const key = `${isDark ? 'dark' : 'light'}:${source}`;
  const drawing = queue.then(async () => {
    const known = drawings.get(key);
    if (known) return known;
    const made = await drawNow(source, isDark);
    drawings.set(key, made);
    return made;
  });
  queue = drawing.catch(() => undefined);
  return drawing;
}

async function drawNow(source: string, isDark: boolean): Promise<Drawing> {
  mermaid.initialize({
    startOnLoad: false,
    securityLevel: 'strict',
    suppressErrorRendering: true,
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    class: { htmlLabels: false },
    theme: isDark ? 'dark' : 'neutral',
    fontFamily: getComputedStyle(document.body).fontFamily,
    themeVariables: { background: 'transparent' },
  });
  await mermaid.parse(source);
  const id = `mangoo-diagram-${++count}`;
  // Texts are measured on the page, where the policy forbids the diagram's own style element: measured again
  // with the same rules as a style sheet of the page.
  const first = svgOf((await mermaid.render(id, source)).svg);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(Array.from(first.querySelectorAll('style'), ({ textContent }) => textContent).join('\n'));
  document.adoptedStyleSheets.push(sheet);
  try {
    return drawingOf(svgOf((await mermaid.render(id, source)).svg));
  } finally {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  }
}

function svgOf(text: string): SVGSVGElement {
  const svg = new DOMParser().parseFromString(text, 'text/html').querySelector('svg');
  if (!svg) throw new Error('not an SVG');
  return svg;
}

/** An image has a size of its own, so that nothing jumps when it is there. */
function drawingOf(svg: SVGSVGElement): Drawing {
  const [, , width = 300, height = 150] = (svg.getAttribute('viewBox') ?? '').split(/[\s,]+/).map(Number);
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(height));
  svg.removeAttribute('style');
  const description = Array.from(svg.querySelectorAll(':scope > title, :scope > desc'), ({ textContent }) => textContent.trim()).filter(Boolean).join('. ');
  return { svg: new XMLSerializer().serializeToString(svg), width: Math.ceil(width), height: Math.ceil(height), description };
}
