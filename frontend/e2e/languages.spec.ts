import type { Page } from '@playwright/test';
import { expectAccessible } from './accessible';
import { expect, signIn, test } from './fixtures';

/** What scrolls sideways: the window, or a part of the page. */
async function sideways(page: Page): Promise<string[]> {
  await page.waitForLoadState('networkidle');
  return page.evaluate(() => {
    const scrolls = (element: Element) => element.scrollWidth > element.clientWidth && /auto|scroll/.test(getComputedStyle(element).overflowX);
    const { scrollWidth, clientWidth } = document.documentElement;
    const wide = Array.from(document.querySelectorAll('main, main *')).filter(scrolls).map(({ tagName, className }) => `${tagName} ${className}`);
    return scrollWidth > clientWidth ? ['the window', ...wide] : wide;
  });
}

/** Chooses a language by its own name, in whichever one the page is. */
async function choose(page: Page, name: string) {
  const here = page.url();
  await page.goto('/settings');
  await page.getByRole('main').getByRole('combobox').selectOption({ label: name });
  await page.goto(here);
}

test('the language is chosen on a phone, is spoken at once, and is kept', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('/');
  await signIn(page);
  const html = page.locator('html');

  await test.step('Arabic, from right to left', async () => {
    await choose(page, 'العربية');
    await expect(page.getByRole('heading', { name: /^مرحبًا/ })).toBeVisible();
    expect(await sideways(page)).toEqual([]);
    await expect(html).toHaveAttribute('lang', 'ar');
    await expect(html).toHaveAttribute('dir', 'rtl');
    const headings = { '/bots': 'الروبوتات', '/bots/new': 'روبوت جديد', '/knowledge': 'المعرفة', '/marketplace': 'السوق', '/no-such-page': 'لا يوجد شيء هنا' };
    for (const [path, heading] of Object.entries(headings)) {
      await page.goto(path);
      await expect(page.getByRole('heading', { name: heading, exact: true })).toBeVisible();
      expect(await sideways(page), path).toEqual([]);
    }
    await page.goto('/chat');
    await expect(page.getByText('بماذا يمكنك أن تساعدني؟')).toBeVisible();
    await expectAccessible(page);
    await page.screenshot({ path: 'test-results/gallery/phone-light-chat-arabic.png' });
    expect(await sideways(page)).toEqual([]);
  });

  await test.step('the drawer comes from the right', async () => {
    await page.getByRole('button', { name: 'القائمة' }).click();
    const box = await page.getByRole('dialog', { name: 'القائمة' }).boundingBox();
    expect(Math.round((box?.x ?? 0) + (box?.width ?? 0))).toBe(390);
    await page.keyboard.press('Escape');
  });

  await test.step('German, also after a reload', async () => {
    await choose(page, 'Deutsch');
    await expect(page.getByText('Wobei kannst du mir helfen?')).toBeVisible();
    await page.reload();
    await expect(html).toHaveAttribute('lang', 'de');
    await expect(html).toHaveAttribute('dir', 'ltr');
    await page.goto('/');
    await expect(page.getByRole('heading', { name: 'Letzte Chats' })).toBeVisible();
    expect(await sideways(page)).toEqual([]);
  });

  await test.step('as the browser again', async () => {
    await choose(page, 'Automatisch');
    await expect(page.getByRole('heading', { name: 'Recent chats' })).toBeVisible();
  });
});

test.describe('in a browser that asks for Arabic', () => {
  test.use({ locale: 'ar-EG' });

  test('the first page is in Arabic, before the page itself has run', async ({ page }) => {
    await page.route('**/assets/*.js', (route) => route.abort());
    await page.goto('/sign-in');
    await expect(page.locator('html')).toHaveAttribute('lang', 'ar');
    await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
    await page.unroute('**/assets/*.js');
    await page.reload();
    await expect(page.getByRole('heading', { name: 'تسجيل الدخول' })).toBeVisible();
    await page.getByLabel('البريد الإلكتروني').fill('nobody@mangoo.local');
    await page.getByLabel('كلمة المرور').fill('not-the-Password-1');
    await page.getByRole('button', { name: 'تسجيل الدخول' }).click();
    await expect(page.getByRole('alert')).toHaveText('البريد الإلكتروني أو كلمة المرور غير صحيحة.');
  });
});
