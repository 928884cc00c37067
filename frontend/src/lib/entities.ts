let decoder: HTMLTextAreaElement | undefined;

/** `&auml;` as the browser reads it, in place of the package entities (see vite.config.ts), which brings a list of them all. */
export function decodeHTMLStrict(text: string): string {
  decoder ??= document.createElement('textarea');
  // In a text area nothing but such signs means anything; and without a semicolon none is one.
  decoder.innerHTML = text.replaceAll(/&(?!(?:#x?[\da-f]+|[a-z][\da-z]*);)/gi, '&amp;').replaceAll('<', '&lt;');
  return decoder.value;
}
