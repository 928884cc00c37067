/** Texts up to this are one section: they are drawn at once. In letters, as the next. */
const SHORT = 12_000;
/** A section has at least so much. */
const ENOUGH = 6_000;

/** A text in sections, and how to go on when there is more of it. */
export interface Sections {
  text: string;
  /** Where each begins. */
  starts: number[];
  /** Up to here lines are known, */
  seen: number;
  /** and there is something that is open: what closes it, and whether it began at the start of its line. */
  open: { close: RegExp; isAtStart: boolean } | null;
  isAfterEmpty: boolean;
  /** Nothing more is cut. */
  isStuck: boolean;
}

const none: Sections = { text: '', starts: [0], seen: 0, open: null, isAfterEmpty: false, isStuck: false };

/**
 * Cuts a long text where it can be parsed in parts with the same outcome: before a line that begins with a letter or a
 * `#` after an empty line, outside of code and formulas. Only the lines that are new are looked at.
 */
export function cutSections(text: string, before: Sections = none): Sections {
  if (before.text === text) return before;
  const known = text.startsWith(before.text) ? before : none;
  // Footnotes are numbered through the text, and shown below it.
  if (known.isStuck && known.starts.length === 1) return { ...known, text };
  const { starts: [...starts] } = known;
  let { seen, open, isAfterEmpty, isStuck } = known;
  for (let end = text.indexOf('\n', seen); end >= 0; end = text.indexOf('\n', seen)) {
    const line = text.slice(seen, end);
    if (/^\[\^[^\]\s]+\]:/.test(line)) return { ...none, text, isStuck: true };
    if (open) {
      // Whether a list has ended, and with it its code, would have to be parsed.
      if (!open.isAtStart && /^\S/.test(line) && !open.close.test(line)) isStuck = true;
      if (open.close.test(line)) open = null;
    } else {
      if (isAfterEmpty && !isStuck && /^(?:\p{L}|#)/u.test(line) && seen - (starts.at(-1) ?? 0) >= ENOUGH) starts.push(seen);
      open = opens(line);
    }
    isAfterEmpty = line.trim() === '';
    seen = end + 1;
  }
  return { text, starts, seen, open, isAfterEmpty, isStuck };
}

function opens(line: string): Sections['open'] {
  const [, indent = '', fence] = /^((?:[ \t]|[-*+>]\s|\d{1,9}[.)]\s)*)(`{3,}(?=[^`]*$)|~{3,})/.exec(line) ?? [];
  if (fence) return { close: new RegExp(`^[ \\t>]*${fence[0] ?? ''}{${fence.length},}[ \\t]*$`), isAtStart: indent === '' };
  const [, before = '', mark] = /^((?:[ \t]|[-*+>]\s|\d{1,9}[.)]\s)*)(\$\$|\\\[)\s*$/.exec(line) ?? [];
  if (mark) return { close: mark === '$$' ? /\$\$\s*$/ : /\\\]\s*$/, isAtStart: before === '' };
  return null;
}

/** The texts of the sections. */
export function textsOf({ text, starts }: Sections): string[] {
  if (text.length <= SHORT || starts.length === 1) return [text];
  return starts.map((start, index) => text.slice(start, starts[index + 1]));
}
