import { readFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { expectAccessible } from './accessible';
import { chatWithGuide, expect, finishedAnswer, signIn, test } from './fixtures';

const windows = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };
const overflow = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);

async function signInAsAdmin(page: Page) {
  await page.goto('/');
  await page.getByLabel('Email').fill('admin@mangoo.local');
  await page.getByLabel('Password').fill('Mangoo-demo-1');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: /^Hello/ })).toBeVisible();
}

/** How many answers the dashboard counts. */
async function answersOn(page: Page): Promise<number> {
  const figure = page.getByRole('main').locator('dl > div').filter({ hasText: 'answers' }).locator('dd');
  return (await figure.count()) > 0 ? Number(await figure.textContent()) : 0;
}

test('an answer is in the chart, its figures and its cost, and stays when its chat is deleted', async ({ user: page }) => {
  await expect(page.getByText(/After your first chat/).or(page.getByRole('slider'))).toBeVisible();
  const before = await answersOn(page);
  await chatWithGuide(page);
  await page.getByLabel('Message', { exact: true }).fill('What is Mangoo?');
  await page.keyboard.press('Enter');
  await finishedAnswer(page);
  await page.goto('/');
  const chart = page.getByRole('slider', { name: 'Tokens by day and model' });
  await expect(chart).toBeVisible();
  await expect.poll(() => answersOn(page)).toBe(before + 1);
  await expect(chart).toHaveAttribute('aria-valuetext', /: [1-9][\d,]*$/);
  await chart.focus();
  await page.keyboard.press('ArrowLeft');
  await expect(chart).toHaveAttribute('aria-valuenow', '28');
  await page.getByRole('radio', { name: 'Answers' }).click();
  await expect(page.getByRole('slider', { name: 'Answers by day and model' })).toHaveAttribute('aria-valuetext', new RegExp(`: ${before + 1}$`));
  await page.getByRole('radio', { name: 'Cost' }).click();
  await expect(page.getByRole('slider', { name: 'Cost by day and model' })).toHaveAttribute('aria-valuetext', /: \$\d+\.\d*[1-9]/);
  await page.getByRole('button', { name: 'Figures as a table' }).click();
  await expect(page.getByRole('table', { name: 'Cost by day and model' }).getByRole('row')).toHaveCount(2);

  const chats = page.getByRole('region', { name: 'Chats' });
  await chats.getByRole('button', { name: /^More for/ }).first().click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  const confirm = page.getByRole('button', { name: 'Delete chat' });
  if (await confirm.isVisible().catch(() => false)) await confirm.click();
  await page.reload();
  await expect.poll(() => answersOn(page)).toBe(before + 1);
});

test('a pinned bot is on the dashboard until it is unpinned', async ({ user: page }) => {
  await page.goto('/bots');
  await page.getByRole('button', { name: 'Pin Mangoo guide to the dashboard' }).first().click();
  await expect(page.getByRole('button', { name: 'Unpin Mangoo guide' })).toBeVisible();
  await page.goto('/');
  await expect(page.getByRole('heading', { name: 'Pinned bots' })).toBeVisible();
  await page.getByRole('main').getByRole('button', { name: 'Unpin Mangoo guide' }).click();
  await expect(page.getByRole('heading', { name: 'Pinned bots' })).toBeHidden();
});

test('the administration is for administrators', async ({ user: page }) => {
  await expect(page.getByRole('link', { name: 'Administration' })).toHaveCount(0);
  await page.goto('/admin');
  await expect(page.getByRole('heading', { name: 'This page is for administrators' })).toBeVisible();
});

test('an administrator sees usage, takes it along as CSV, and shuts somebody out and in', async ({ page }) => {
  await page.goto('/');
  await signIn(page);
  await chatWithGuide(page);
  await page.getByLabel('Message', { exact: true }).fill('What is a bot?');
  await page.keyboard.press('Enter');
  await finishedAnswer(page);
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();

  await signInAsAdmin(page);
  await page.getByRole('link', { name: 'Administration' }).click();
  await expect(page.getByRole('slider', { name: 'Tokens by day and model' })).toBeVisible();
  await expect(page.getByRole('table', { name: 'By user' }).getByRole('row', { name: /Demo user/ })).toBeVisible();
  await page.getByRole('radio', { name: 'By bot' }).click();
  await expect(page.getByRole('table', { name: 'By bot' }).getByRole('row', { name: /Mangoo guide/ })).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV by bot' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toMatch(/^mangoo-usage-by-bot-.*\.csv$/);
  expect(await readFile(await file.path(), 'utf8')).toMatch(/^\uFEFFbot_id,bot_name,answers[^\n]*\r\n[^\n]*Mangoo guide,\d+/);

  await page.getByRole('radio', { name: '7 days' }).click();
  await expect(page).toHaveURL(/from=.*to=/);
  await expect(page.getByRole('slider')).toHaveAttribute('aria-valuemax', '6');
  await page.getByLabel('From').fill('2020-01-01');
  await expect(page.getByText(/both be within 366 days/)).toBeVisible();

  await page.getByRole('tab', { name: 'Users' }).click();
  await page.getByPlaceholder('Search by name or email').fill('demo@');
  await expect(page.getByText('1 user', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Deactivate Demo user' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Deactivate' }).click();
  await expect(page.getByText('Deactivated')).toBeVisible();
  await page.getByRole('button', { name: 'Activate Demo user' }).click();
  await expect(page.getByRole('button', { name: 'Deactivate Demo user' })).toBeVisible();

  await page.getByRole('tab', { name: 'Agents' }).click();
  await page.getByRole('button', { name: 'More for Market watch' }).click();
  await page.getByRole('menuitem', { name: 'Take out of use' }).click();
  const row = page.getByRole('row', { name: /Market watch/ });
  await expect(row).toContainText('Out of use');
  await page.getByRole('button', { name: 'More for Market watch' }).click();
  await page.getByRole('menuitem', { name: 'Put into use' }).click();
  await expect(row).toContainText('In use');
});

for (const theme of ['light', 'dark'] as const) {
  for (const [name, viewport] of Object.entries(windows)) {
    test(`dashboard and administration on a ${name}, ${theme}`, async ({ page }) => {
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme: theme });
      const shoot = async (what: string) => {
        await page.waitForLoadState('networkidle');
        expect(await overflow(page), `${what} is wider than the window`).toBeLessThanOrEqual(0);
        await expectAccessible(page, [theme]);
        await page.screenshot({ path: `test-results/gallery/${name}-${theme}-${what}.png`, fullPage: true });
      };
      await signInAsAdmin(page);
      await chatWithGuide(page);
      await page.getByLabel('Message', { exact: true }).fill('What is Mangoo?');
      await page.keyboard.press('Enter');
      await finishedAnswer(page);
      await page.goto('/');
      await expect(page.getByRole('slider')).toBeVisible();
      await page.getByRole('slider').scrollIntoViewIfNeeded();
      await shoot('dashboard-usage');
      for (const tab of ['usage', 'users', 'bots', 'agents']) {
        await page.goto(`/admin?tab=${tab}`);
        await expect(page.getByRole('tabpanel').getByRole('table').last()).toBeVisible();
        await shoot(`admin-${tab}`);
      }
      await page.goto('/admin?from=2026-01-01&to=2026-12-31');
      await expect(page.getByRole('slider')).toHaveAttribute('aria-valuemax', '52');
      await shoot('admin-year');
    });
  }
}
