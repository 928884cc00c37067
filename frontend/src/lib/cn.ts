import { clsx, type ClassValue } from 'clsx';
import { createTailwindMerge } from 'tailwind-merge';

// tailwind-merge's own list of all that Tailwind has is larger than the sign-in page. These are the classes in
// use, in groups of which the last one holds; a test says which are missing here.

const any = () => true;
const isSize = (value: string) => /^(xs|sm|base|lg|\d?xl|\[[\d.]+(rem|em|px)\])$/.test(value);
const isWidth = (value: string) => /^\d+$/.test(value);
const width = ['', isWidth];

/** Of `p` and these: `p`, `px`, `ps` … */
const sided = (name: string, sides: string[]) => sides.map((side) => name + side);
const box = ['', 'x', 'y', 's', 'e', 't', 'b'];
const corners = ['', '-s', '-e', '-t', '-b', '-ss', '-se', '-es', '-ee'];
const edges = ['-x', '-y', '-s', '-e', '-t', '-b'];

/** These also stand alone: `rounded`. */
const isBare = (name: string) => /^(rounded|shadow|grow|shrink|transition|blur|resize)/.test(name);

/** With any value: a group each. */
const names = [
  ...sided('p', box), ...sided('m', box), ...sided('rounded', corners), ...sided('scroll-m', box), ...sided('scroll-p', box),
  'inset', 'inset-x', 'inset-y', 'start', 'end', 'top', 'bottom', 'z',
  'size', 'w', 'h', 'min-w', 'min-h', 'max-w', 'max-h', 'aspect',
  'gap', 'gap-x', 'gap-y', 'space-x', 'space-y', 'grid-cols', 'grid-rows', 'col', 'col-start', 'col-end', 'row', 'row-start', 'row-end', 'order', 'grow', 'shrink', 'basis',
  'items', 'justify', 'self', 'content', 'place-items', 'place-content', 'place-self', 'justify-self', 'justify-items',
  'leading', 'tracking', 'whitespace', 'wrap', 'break', 'line-clamp', 'align', 'list', 'underline-offset',
  'opacity', 'bg', 'shadow', 'fill', 'stroke', 'accent', 'animate', 'transition', 'duration', 'delay', 'ease', 'brightness', 'blur', 'backdrop-blur',
  'scale', 'rotate', 'translate-x', 'translate-y', 'origin', 'outline-offset',
  'cursor', 'select', 'resize', 'pointer-events', 'touch', 'overscroll', 'overflow', 'overflow-x', 'overflow-y', 'object', 'appearance',
];

export const merge = createTailwindMerge(() => ({
  cacheSize: 500,
  theme: {},
  classGroups: {
    ...Object.fromEntries(names.map((name) => [name, [{ [name]: isBare(name) ? ['', any] : [any] }]])),
    display: ['block', 'inline-block', 'inline', 'flex', 'inline-flex', 'grid', 'inline-grid', 'contents', 'hidden', 'table', 'list-item'],
    position: ['static', 'fixed', 'absolute', 'relative', 'sticky'],
    visibility: ['visible', 'invisible', 'collapse'],
    'sr-only': ['sr-only', 'not-sr-only'],
    direction: [{ flex: ['row', 'col', 'row-reverse', 'col-reverse'] }],
    wrapping: [{ flex: ['wrap', 'nowrap', 'wrap-reverse'] }],
    flex: [{ flex: [any] }],
    'text-size': [{ text: [isSize] }],
    'text-align': [{ text: ['start', 'center', 'end', 'justify'] }],
    'text-wrap': [{ text: ['wrap', 'nowrap', 'balance', 'pretty'] }],
    'text-overflow': ['truncate', { text: ['ellipsis', 'clip'] }],
    'text-color': [{ text: [any] }],
    decoration: ['underline', 'line-through', 'no-underline'],
    case: ['uppercase', 'lowercase', 'capitalize', 'normal-case'],
    figures: ['tabular-nums', 'normal-nums'],
    family: [{ font: ['sans', 'mono'] }],
    weight: [{ font: [any] }],
    ...Object.fromEntries(edges.map((edge) => [`border${edge}`, [{ [`border${edge}`]: width }]])),
    border: [{ border: width }],
    'border-style': [{ border: ['solid', 'dashed', 'dotted', 'none'] }],
    'border-color': [{ border: [any] }],
    outline: [{ outline: width }],
    'outline-style': [{ outline: ['none', 'hidden', 'solid', 'dashed'] }],
    'outline-color': [{ outline: [any] }],
  },
  // What a class of one group takes away of others.
  conflictingClassGroups: {
    p: sided('p', box), px: ['ps', 'pe'], py: ['pt', 'pb'],
    m: sided('m', box), mx: ['ms', 'me'], my: ['mt', 'mb'],
    inset: ['inset-x', 'inset-y', 'start', 'end', 'top', 'bottom'], 'inset-x': ['start', 'end'], 'inset-y': ['top', 'bottom'],
    size: ['w', 'h'],
    gap: ['gap-x', 'gap-y'],
    overflow: ['overflow-x', 'overflow-y'],
    flex: ['basis', 'grow', 'shrink'],
    rounded: sided('rounded', corners),
    border: sided('border', edges),
    'text-size': ['leading'],
    'line-clamp': ['display', 'overflow'],
  },
  conflictingClassGroupModifiers: {},
  orderSensitiveModifiers: [],
}));

/** Joins class names; of two Tailwind classes that set the same thing the later wins. */
export const cn = (...classes: ClassValue[]) => merge(clsx(classes));
