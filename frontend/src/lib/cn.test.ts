import { twMerge } from 'tailwind-merge';
import { describe, expect, it } from 'vitest';
import { cn, merge } from '@/lib/cn';

const sources = import.meta.glob<string>('/src/**/*.tsx', { eager: true, query: '?raw', import: 'default' });

/** All words of all strings: the classes in use, and others that mean nothing to anybody here. */
const words = [...new Set(Object.values(sources).flatMap((source) =>
  [...source.matchAll(/["'`]([^"'`\n]*)["'`]/g)].flatMap(([, text = '']) => text.split(/\s+/)).filter((word) => /^[-a-z[*]/.test(word))))];

describe('cn', () => {
  it('lets the last of two classes hold', () => {
    expect(cn('rounded-lg px-4 text-sm text-ink', { hidden: false }, 'rounded-full p-2', 'text-danger')).toBe('text-sm rounded-full p-2 text-danger');
    expect(cn('p-2 px-4 border border-line hover:bg-raised', 'border-b bg-surface')).toBe('p-2 px-4 border border-line hover:bg-raised border-b bg-surface');
  });

  // Where this fails, put the class that is named, or its group, into cn.ts.
  it.each([
    ['in turn', words],
    ['backwards', words.toReversed()],
    ['sorted', words.toSorted()],
    ['sorted backwards', words.toSorted().reverse()],
  ])('knows the classes in use as tailwind-merge does, %s', (_, list) => {
    expect(list.length).toBeGreaterThan(500);
    const kept = (text: string) => new Set(text.split(' '));
    const [own, all] = [kept(merge(list.join(' '))), kept(twMerge(list.join(' ')))];
    expect([...own].filter((word) => !all.has(word))).toEqual([]);
    // Values of our own, such as `animate-fade`, only we know; and what is no class may look like one.
    expect([...all].filter((word) => !own.has(word) && !/^(\w+:)*(animate|bg|shadow|content)-/.test(word))).toEqual([]);
  });
});
