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

/** Marks what holds a style sheet. */
const HOLDER = 'data-style-sheet';

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
  return withoutInlineStyles(() => drawTwice(source));
}

async function drawTwice(source: string): Promise<Drawing> {
  const id = `mangoo-diagram-${++count}`;
  // Texts are measured on the page, which does not have the diagram's style sheet: they are measured again once it has.
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(takeStyles(svgOf((await mermaid.render(id, source)).svg)));
  document.adoptedStyleSheets.push(sheet);
  try {
    return drawingOf(svgOf((await mermaid.render(id, source)).svg));
  } finally {
    document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
  }
}

/**
 * A strict policy forbids style attributes and style elements, and reports each. While a diagram is drawn, the first are
 * set property by property, and the second are elements that hold the text alone: see {@link takeStyles}.
 */
async function withoutInlineStyles<Result>(run: () => Promise<Result>): Promise<Result> {
  const { setAttribute } = Element.prototype;
  const { createElement } = document;
  document.createElement = (name: string, options?: ElementCreationOptions): HTMLElement => {
    if (name !== 'style') return createElement.call(document, name, options);
    const holder = document.createElementNS('http://www.w3.org/2000/svg', 'desc');
    holder.setAttribute(HOLDER, '');
    return holder as Element as HTMLElement;
  };
  const { parseFromString } = DOMParser.prototype;
  Element.prototype.setAttribute = function (name, value) {
    if (name === 'style' && (this instanceof SVGElement || this instanceof HTMLElement)) this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
  // A document that is only parsed has the page's policy too.
  DOMParser.prototype.parseFromString = function (text, type) {
    return parseFromString.call(this, String(text).replaceAll(' style="', ' data-style="'), type);
  };
  try {
    return await run();
  } finally {
    // What the prototype has comes back.
    Reflect.deleteProperty(document, 'createElement');
    DOMParser.prototype.parseFromString = parseFromString;
    Element.prototype.setAttribute = setAttribute;
  }
}

function svgOf(text: string): SVGSVGElement {
  const svg = new DOMParser().parseFromString(text, 'text/html').querySelector('svg');
  if (!svg) throw new Error('not an SVG');
  for (const element of svg.querySelectorAll<SVGElement>('[data-style]')) {
    element.style.cssText = element.dataset.style ?? '';
    element.removeAttribute('data-style');
  }
  return svg;
}

/** Takes the style sheets out of a diagram. */
function takeStyles(svg: SVGSVGElement): string {
  const holders = Array.from(svg.querySelectorAll(`[${HOLDER}]`));
  for (const holder of holders) holder.remove();
  return holders.map(({ textContent }) => textContent).join('\n');
}

/** As an image of its own. It has a size, so that nothing jumps when it is there. */
function drawingOf(svg: SVGSVGElement): Drawing {
  const [, , width = 300, height = 150] = (svg.getAttribute('viewBox') ?? '').split(/[\s,]+/).map(Number);
  const styles = takeStyles(svg).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  for (const name of ['style', 'data-style']) svg.removeAttribute(name);
  svg.setAttribute('width', String(width));
  svg.setAttribute('height', String(height));
  const description = Array.from(svg.querySelectorAll(':scope > title, :scope > desc'), ({ textContent }) => textContent.trim()).filter(Boolean).join('. ');
  const image = new XMLSerializer().serializeToString(svg).replace('>', () => `><style>${styles}</style>`);
  return { svg: image, width: Math.ceil(width), height: Math.ceil(height), description };
}
