import 'katex/dist/katex.min.css';
import katex from 'katex';

/** Draws a formula into an element; false if it is none. Styles are set one by one, as a strict policy wants it. */
export function draw(source: string, into: HTMLElement, isDisplay: boolean): boolean {
  try {
    katex.render(source, into, { displayMode: isDisplay, throwOnError: true, strict: 'ignore', trust: false, maxExpand: 500, maxSize: 30 });
    return true;
  } catch {
    into.replaceChildren();
    return false;
  }
}
