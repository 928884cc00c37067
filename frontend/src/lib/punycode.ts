// In place of the package punycode.js (see vite.config.ts): what markdown-it takes of it, the browser knows.

/** A host as addresses have it; throws for none. */
export const toASCII = (host: string) => new URL(`http://${host}`).hostname;

/** A host as it was written: nobody is shown another name than the one that a link leads to. */
export const toUnicode = (host: string) => host;

export default { toASCII, toUnicode };
