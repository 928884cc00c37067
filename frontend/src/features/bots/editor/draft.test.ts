import { describe, expect, it } from 'vitest';
import { changes, emptyBot, flagsOf, isChanged, isOneSign, merge, move, parseTags, temperatureWord, tidy, visibilityOf } from '@/features/bots/editor/draft';

const bot = { ...emptyBot, name: 'Helper', model_id: 'm', starters: ['Why?', 'Who?'] };

describe('a draft', () => {
  it('tells what of a bot has changed', () => {
    expect(changes(bot, { ...bot })).toEqual({});
    expect(changes(bot, { ...bot, name: 'Other', starters: ['Who?', 'Why?'], icon: '🥭' })).toEqual({ name: 'Other', starters: ['Who?', 'Why?'], icon: '🥭' });
  });

  it('says all of who may use a bot, or nothing', () => {
    expect(changes({ ...bot, is_public: false }, { ...bot, is_public: true })).toEqual({ is_public: true, is_marketplace: false });
  });

  it('keeps what was typed while it was saved', () => {
    const made = { ...bot, name: 'Helper', description: 'Made' };
    expect(merge(bot, { ...bot, instructions: 'Typed meanwhile' }, made)).toEqual({ ...made, instructions: 'Typed meanwhile' });
    expect(merge({ ...bot, name: ' Helper ' }, { ...bot, name: ' Helper ' }, made)).toEqual(made);
  });

  it('is not changed by blanks, nor by a starter that is empty yet', () => {
    expect(isChanged(bot, { ...bot, name: ' Helper ', starters: [' Why?', '', 'Who? '], category: ' ' })).toBe(false);
    expect(isChanged(bot, { ...bot, starters: ['Why?'] })).toBe(true);
    expect(tidy({ ...bot, category: ' Fruit ' }).category).toBe('Fruit');
  });

  it('has each tag once, whichever comma is between', () => {
    expect(parseTags('a, b،c、 d,,a, ')).toEqual(['a', 'b', 'c', 'd']);
  });

  it.each([['private', false, false], ['company', true, false], ['marketplace', true, true]] as const)('is %s by two flags', (visibility, is_public, is_marketplace) => {
    expect(flagsOf(visibility)).toEqual({ is_public, is_marketplace });
    expect(visibilityOf({ is_public, is_marketplace })).toBe(visibility);
  });

  it('is in the marketplace also where an old client set that alone', () => {
    expect(visibilityOf({ is_public: false, is_marketplace: true })).toBe('marketplace');
  });

  it('says what its temperature does', () => {
    expect([0, 20, 25, 45, 50, 75, 80, 100].map(temperatureWord)).toEqual(['precise', 'precise', 'focused', 'focused', 'balanced', 'balanced', 'inventive', 'inventive']);
  });
});

describe('move', () => {
  it('moves one to another place', () => {
    expect(move(['a', 'b', 'c'], 0, 2)).toEqual(['b', 'c', 'a']);
    expect(move(['a', 'b', 'c'], 2, 1)).toEqual(['a', 'c', 'b']);
  });

  it('leaves a list as it is where there is no such place', () => {
    const list = ['a', 'b'];
    for (const [from, to] of [[0, -1], [1, 2], [2, 0]] as const) expect(move(list, from, to)).toBe(list);
  });
});

describe('isOneSign', () => {
  it.each(['🥭', '👩🏽‍🚀', '🇯🇵', '❤️', 'A', '字'])('takes %s', (text) => { expect(isOneSign(text)).toBe(true); });
  it.each(['', ' ', 'AB', '🥭🥭', `e${'\u0301'.repeat(20)}`])('refuses %j', (text) => { expect(isOneSign(text)).toBe(false); });
});
