import type { Page } from '@playwright/test';
import { expectAccessible } from './accessible';
import { chatWithGuide, expect, finishedAnswer, signIn, test } from './fixtures';

/** A picture of every page in test-results/gallery, to look at. None may be wider than its window, and axe finds nothing. */
const windows = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 }, wide: { width: 2200, height: 1200 } };

for (const theme of ['light', 'dark'] as const) {
  for (const [name, viewport] of Object.entries(windows)) {
    if (name === 'wide' && theme === 'dark') continue;
    test(`the pages on a ${name}, ${theme}`, async ({ page }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: theme });
      const isPhone = name === 'phone';

      const shoot = async (what: string) => {
        await page.waitForLoadState('networkidle');
        expect(await overflow(page), `${what} is wider than the window`).toBeLessThanOrEqual(0);
        if (name !== 'wide') await expectAccessible(page, [theme]);
        await page.screenshot({ path: `test-results/gallery/${name}-${theme}-${what}.png` });
      };

      await page.goto('/sign-up');
      await expect(page.getByRole('heading', { name: 'Make an account' })).toBeVisible();
      await shoot('sign-up');
      await page.goto('/forgot-password');
      await expect(page.getByRole('heading', { name: 'A new password' })).toBeVisible();
      await shoot('forgot-password');
      await page.goto('/sign-in');
      await page.getByLabel('Email').fill('nobody@mangoo.local');
      await page.getByLabel('Password').fill('not-the-Password-1');
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('alert')).toContainText('not right');
      await shoot('sign-in');

      await signIn(page);
      await chatWithGuide(page);
      await shoot('chat-new');
      await page.getByLabel('Message', { exact: true }).fill('What is Mangoo, and how does it cite its sources?');
      await page.keyboard.press('Enter');
      const answer = await finishedAnswer(page);
      await shoot('chat');
      await answer.getByRole('button', { name: /^Source 1/ }).first().click();
      await expect(page.getByRole('dialog', { name: 'Passage 1' })).toBeVisible();
      await shoot('chat-citation');
      await page.keyboard.press('Escape');
      if (isPhone) {
        await page.getByRole('button', { name: 'Menu' }).click();
        await expect(page.getByRole('dialog', { name: 'Menu' })).toBeVisible();
        await shoot('menu');
      }

      await page.goto('/');
      await expect(page.getByRole('heading', { name: 'Recent chats' })).toBeVisible();
      await shoot('dashboard');
      await page.goto('/bots');
      await expect(page.getByRole('heading', { name: 'Mangoo guide' })).toBeVisible();
      await shoot('bots');
      await page.getByRole('link', { name: 'Edit Mangoo guide' }).click();
      await expect(page.getByLabel('Name')).toHaveValue('Mangoo guide');
      await shoot('bot');
      await page.goto('/knowledge');
      const base = page.getByRole('main').getByRole('heading', { level: 3 }).first();
      await expect(base).toBeVisible();
      await shoot('knowledge');
      await base.getByRole('link').click();
      await page.getByLabel('Files').setInputFiles([
        { name: 'travel-policy.md', mimeType: 'text/markdown', buffer: Buffer.from('# Travel\n\nBy train, where you can.') },
        { name: 'team-photo.pdf', mimeType: 'application/pdf', buffer: Buffer.from('\x89PNG\r\n\x1a\n', 'latin1') },
      ]);
      await expect(page.getByText('This is an image.').first()).toBeVisible();
      await expect(page.getByText(/^Markdown ·/).first()).toBeVisible();
      await page.getByLabel('Question').fill('How are sources cited?');
      await page.keyboard.press('Enter');
      await expect(page.getByText('% similar').first()).toBeVisible();
      await shoot('base');
      await page.goto('/marketplace');
      await expect(page.getByRole('heading', { name: 'Marketplace', level: 1 })).toBeVisible();
      await shoot('marketplace');
      await page.goto('/settings');
      await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
      await shoot('settings');
      await page.goto('/no-such-page');
      await expect(page.getByRole('heading', { name: 'There is nothing here' })).toBeVisible();
      await shoot('not-found');
    });
  }
}

const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
