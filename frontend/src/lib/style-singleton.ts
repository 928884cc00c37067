import { useEffect } from 'react';

/**
 * In place of the package react-style-singleton (see vite.config.ts), with which Radix keeps the page from scrolling
 * behind a dialog. That writes a style element, which the page's Content-Security-Policy forbids as it does any code
 * in the page; a style sheet that is made by script is allowed.
 */
function stylesheet() {
  let users = 0;
  let sheet: CSSStyleSheet | null = null;
  return {
    add: (css: string) => {
      if (users++ > 0) return;
      sheet = new CSSStyleSheet();
      sheet.replaceSync(css);
      document.adoptedStyleSheets.push(sheet);
    },
    remove: () => {
      if (--users > 0) return;
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((other) => other !== sheet);
      sheet = null;
    },
  };
}

/** A component whose styles hold while any of it is mounted: those of the first. */
export function styleSingleton() {
  const sheet = stylesheet();
  return function Style({ styles }: { styles: string }) {
    useEffect(() => {
      sheet.add(styles);
      return sheet.remove;
    }, [styles]);
    return null;
  };
}
