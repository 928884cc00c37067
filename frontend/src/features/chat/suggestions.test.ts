import { describe, expect, it } from 'vitest';
import { matching, triggerAt } from '@/features/chat/suggestions';

describe('triggerAt', () => {
  it.each([
    ['@', 1, { kind: 'bot', query: '', start: 0 }],
    ['ask @gui', 8, { kind: 'bot', query: 'gui', start: 4 }],
    ['ask @gui more', 8, { kind: 'bot', query: 'gui', start: 4 }],
    ['a\n@b', 4, { kind: 'bot', query: 'b', start: 2 }],
    ['/', 1, { kind: 'starter', query: '', start: 0 }],
    ['/what can', 9, { kind: 'starter', query: 'what can', start: 0 }],
  ])('finds it in %j at %i', (text, caret, expected) => {
    expect(triggerAt(text, caret)).toEqual(expected);
  });

  it.each([
    ['me@example.com', 14],
    ['@gui now', 8],
    ['and/or', 6],
    [' /x', 3],
    ['/usr\nls', 7],
    ['/usr', 2],
    ['', 0],
  ])('finds none in %j at %i', (text, caret) => {
    expect(triggerAt(text, caret)).toBeNull();
  });
});

describe('matching', () => {
  const names = ['Travel guide', 'Mangoo guide', 'Überblick', 'Guide to ferries'];
  const found = (query: string) => matching(names, query, (name) => name);

  it('has first what begins so, then whose word does', () => {
    expect(found('gui')).toEqual(['Guide to ferries', 'Travel guide', 'Mangoo guide']);
    expect(found('uide')).toHaveLength(3);
  });

  it('does not mind accents and case', () => {
    expect(found('uber')).toEqual(['Überblick']);
  });

  it('takes signs as they are', () => {
    expect(found('(')).toEqual([]);
  });

  it('has all for nothing', () => {
    expect(found(' ')).toEqual(names);
  });
});
