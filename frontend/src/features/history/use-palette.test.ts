import { describe, expect, it } from 'vitest';
import { hasWords } from '@/features/history/use-palette';

describe('hasWords', () => {
  it.each([
    ['Crème brûlée', 'creme'],
    ['Crème brûlée', 'BRÛLÉE crè'],
    ['Straße nach Ürdingen', 'urdingen'],
    ['会議のメモ', 'メモ'],
    ['anything', ''],
  ])('finds %j by %j', (title, words) => { expect(hasWords(title, words)).toBe(true); });

  it.each([['Crème brûlée', 'creme caramel'], ['Tides', 'ferries']])('does not find %j by %j', (title, words) => { expect(hasWords(title, words)).toBe(false); });
});
