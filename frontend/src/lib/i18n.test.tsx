import { render, screen } from '@testing-library/react';
import i18n from 'i18next';
import { useTranslation } from 'react-i18next';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ago, facts, fileSize, list, percent } from '@/lib/format';
import { followLanguage } from '@/lib/i18n';
import { usePreferences } from '@/lib/preferences';

function Sample() {
  const { t } = useTranslation('knowledge');
  return (
    <>
      <h1>{t('title')}</h1>
      <p>{t('passages', { count: 2 })}</p>
      <p>{t('deleteQuestion', { name: 'Notes' })}</p>
    </>
  );
}

const choose = usePreferences.getState().setLanguage;

beforeAll(followLanguage);
afterAll(() => i18n.changeLanguage('en'));

describe('the language', () => {
  it('is followed at once by texts, plurals and the way of reading', async () => {
    render(<Sample />);
    expect(screen.getByText('2 passages')).toBeVisible();
    choose('ar');
    expect(await screen.findByRole('heading', { name: 'المعرفة' })).toBeVisible();
    expect(screen.getByText('مقطعان')).toBeVisible();
    expect(document.documentElement).toHaveAttribute('lang', 'ar');
    expect(document.documentElement).toHaveAttribute('dir', 'rtl');
    choose('system');
    expect(await screen.findByRole('heading', { name: 'Knowledge' })).toBeVisible();
    expect(document.documentElement).toHaveAttribute('dir', 'ltr');
  });

  it('is the last one of several that are chosen quickly', async () => {
    render(<Sample />);
    choose('de');
    choose('ja');
    choose('es');
    expect(await screen.findByRole('heading', { name: 'Conocimiento' })).toBeVisible();
    choose('system');
    await screen.findByRole('heading', { name: 'Knowledge' });
  });

  it('takes what is put into a sentence as it is', async () => {
    expect(i18n.t('deleteQuestion', { name: '<b> & $t(cancel) {{name}}' })).toBe('Delete <b> & $t(cancel) {{name}}?');
    await i18n.changeLanguage('ar');
    // Apart from what stands around it, which is read the other way.
    expect(i18n.t('deleteQuestion', { name: 'Notes' })).toContain('\u2068Notes\u2069');
    await i18n.changeLanguage('en');
  });
});

describe('numbers and dates', () => {
  const now = Date.parse('2026-03-10T12:00:00Z');
  const all = () => [
    ago('2026-03-10T11:55:00Z', now), ago('2026-03-09T11:00:00Z', now), ago('2026-01-05T12:00:00Z', now),
    i18n.t('passages', { ns: 'knowledge', count: 12_500 }), percent(0.834), fileSize(340), fileSize(4_500_000), list(['a', 'b', 'c']),
  ].map((text) => text.replaceAll(/[\u00a0\u202f]/g, ' '));

  it.each([
    ['en', ['5 min. ago', 'yesterday', 'Jan 5, 2026', '12,500 passages', '83%', '340 B', '4.5 MB', 'a, b, c']],
    ['es', ['hace 5 min', 'ayer', '5 ene 2026', '12.500 fragmentos', '83 %', '340 bytes', '4,5 MB', 'a, b y c']],
    ['de', ['vor 5 Min.', 'gestern', '5. Jan. 2026', '12.500 Textstellen', '83 %', '340 Byte', '4,5 MB', 'a, b und c']],
    ['ja', ['5 分前', '昨日', '2026年1月5日', '12,500 件のパッセージ', '83%', '340 バイト', '4.5 MB', 'a、b、c']],
  ])('are written as in %s', async (language, expected) => {
    await i18n.changeLanguage(language);
    expect(all()).toEqual(expected);
    await i18n.changeLanguage('en');
  });

  it('stand beside each other, those that there are', () => {
    expect(facts('PDF', false, undefined, '', '3 pages')).toBe('PDF · 3 pages');
  });
});
