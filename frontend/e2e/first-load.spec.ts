import { gzipSync } from 'node:zlib';
import type { Browser, Page } from '@playwright/test';
import { chatWithGuide, expect, finishedAnswer, test } from './fixtures';

/** What a page may load before it can be used, in kB of JavaScript as gzip has it. All else comes when it is wanted. */
const LIMITS = { signIn: 120, chat: 220 };

/** Opens an address with an empty cache, and tells what scripts it has loaded by the time that it is at rest. */
async function firstLoad(browser: Browser, options: Parameters<Browser['newContext']>[0], address: string, isThere: (page: Page) => Promise<void>) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const sizes: Promise<[name: string, bytes: number]>[] = [];
  page.on('response', (response) => {
    const type = response.headers()['content-type'] ?? '';
    if (!type.includes('javascript')) return;
    sizes.push(response.body().then((body) => [new URL(response.url()).pathname, gzipSync(body, { level: 9 }).length]));
  });
  await page.goto(address);
  await isThere(page);
  await page.waitForLoadState('networkidle');
  // A file that was fetched twice is one: the second time it came from the cache.
  const files = new Map(await Promise.all(sizes));
  await context.close();
  const kB = Array.from(files.values()).reduce((sum, bytes) => sum + bytes, 0) / 1000;
  const list = [...files].sort(([, one], [, other]) => other - one).map(([name, bytes]) => `${(bytes / 1000).toFixed(1).padStart(7)}  ${name}`);
  console.log(`${address}: ${kB.toFixed(1)} kB of JavaScript in ${files.size} files\n${list.slice(0, 12).join('\n')}`);
  return kB;
}

test('what the sign-in loads first is small', async ({ browser, baseURL }) => {
  const form = (page: Page) => expect(page.getByRole('button', { name: 'Sign in' })).toBeEnabled();
  const kB = await firstLoad(browser, { baseURL }, '/sign-in', form);
  expect(kB).toBeGreaterThan(50); // it measures something
  expect(kB).toBeLessThanOrEqual(LIMITS.signIn);
  // Also for whoever came to go elsewhere.
  expect(await firstLoad(browser, { baseURL }, '/bots', form)).toBeLessThanOrEqual(LIMITS.signIn);
});

test('what a chat loads first is small', async ({ browser, baseURL, user: page }) => {
  await chatWithGuide(page);
  await page.getByLabel('Message', { exact: true }).fill('What is Mangoo, and how does it cite its sources?');
  await page.keyboard.press('Enter');
  await finishedAnswer(page);
  await expect(page).toHaveURL(/\/chat\/.+/);
  const storageState = await page.context().storageState();
  const kB = await firstLoad(browser, { baseURL, storageState }, page.url(), async (opened) => { await finishedAnswer(opened); });
  expect(kB).toBeGreaterThan(100);
  expect(kB).toBeLessThanOrEqual(LIMITS.chat);
});
