import { fileURLToPath } from 'node:url';
import { expect, type Page, test } from '@playwright/test';
import { session, startService } from './service';
import { markdown } from './text';

const page_ = process.env.BENCH_PAGE ?? fileURLToPath(new URL('../dist', import.meta.url));
const TOKENS = Number(process.env.BENCH_TOKENS ?? 50_000);
const SECONDS = Number(process.env.BENCH_SECONDS ?? 30);
const PER_SECOND = 100;

/** Records the time between frames, from now on. */
async function watch(page: Page) {
  await page.evaluate(() => {
    const gaps: number[] = [];
    const long: number[] = [];
    new PerformanceObserver((list) => { for (const { duration } of list.getEntries()) long.push(duration); }).observe({ type: 'longtask' });
    let last = performance.now();
    const frame = (now: number) => {
      gaps.push(now - last);
      last = now;
      requestAnimationFrame(frame);
    };
    requestAnimationFrame((now) => { last = now; requestAnimationFrame(frame); });
    Object.assign(window, { bench: { gaps, long } });
  });
}

async function report(page: Page, name: string) {
  const { gaps, long } = await page.evaluate(() => {
    const { bench } = window as unknown as { bench: { gaps: number[]; long: number[] } };
    return { gaps: [...bench.gaps], long: [...bench.long] };
  });
  const sorted = [...gaps].sort((one, other) => one - other);
  const ms = (value: number | undefined) => `${(value ?? 0).toFixed(1)} ms`;
  console.log(`${name}: ${gaps.length} frames, longest ${ms(sorted.at(-1))}, p99 ${ms(sorted[Math.floor(sorted.length * 0.99)])}, p50 ${ms(sorted[Math.floor(sorted.length / 2)])}, over 50 ms: ${gaps.filter((gap) => gap > 50).length}; tasks over 50 ms: ${long.length}, longest ${ms(Math.max(0, ...long))}`);
}

async function open(page: Page, messages: number, answer: string, atOnce: number) {
  const service = await startService({ page: page_, messages, answer, atOnce, perSecond: PER_SECOND });
  await page.addInitScript((items) => { for (const [key, value] of Object.entries(items)) localStorage.setItem(key, value); }, session());
  await page.goto(`${service.url}/chat/${service.chat}`);
  return service;
}

for (const [name, text] of [
  ['an answer of all sorts', markdown(TOKENS)],
  ['one block of code', `\`\`\`ts\n${'const mango = await ripe(42); // sweet\n'.repeat(TOKENS / 10)}\`\`\``],
  ['one table', `| a | b | c |\n|---|---|---|\n${'| mango | `ripe` | **sweet** |\n'.repeat(300)}`],
] as const) {
  test(`streams ${name} into 2,000 messages`, async ({ page }) => {
    const tokens = Math.ceil(text.length / 4);
    const { server } = await open(page, 2000, text, Math.max(0, tokens - SECONDS * PER_SECOND));
    await expect(page.getByRole('article').last()).toBeVisible();
    await page.getByLabel('Message', { exact: true }).fill('Write.');
    await page.keyboard.press('Enter');
    await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible();
    // The first part comes at once, which no service does.
    await page.waitForTimeout(4000);
    await watch(page);
    await expect(page.getByRole('button', { name: 'Stop' })).toBeHidden({ timeout: (SECONDS + 60) * 1000 });
    await page.waitForTimeout(1000);
    await report(page, name);
    server.close();
  });
}

test('scrolls through 2,000 messages', async ({ page }) => {
  const { server } = await open(page, 2000, '', 0);
  await expect(page.getByRole('article').last()).toBeVisible();
  const { width = 0, height = 0 } = page.viewportSize() ?? {};
  await page.mouse.move(width * 0.6, height / 2);
  await page.waitForTimeout(1000);
  await watch(page);
  for (let turn = 0; turn < 150; turn++) {
    await page.mouse.wheel(0, -400);
    await page.waitForTimeout(30);
  }
  await report(page, 'scrolling');
  server.close();
});

test('opens a chat with an answer of 50,000 tokens', async ({ page }) => {
  const { server, url, chat } = await open(page, 4, markdown(TOKENS), 10 ** 9);
  await page.getByLabel('Message', { exact: true }).fill('Write.');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Copy answer' }).last()).toBeVisible({ timeout: 120_000 });
  await page.goto(`${url}/`);
  await watch(page);
  const began = Date.now();
  await page.evaluate((path) => { history.pushState({}, '', path); dispatchEvent(new PopStateEvent('popstate')); }, `/chat/${chat}`);
  await expect(page.getByRole('article').last()).toBeVisible();
  console.log(`opening: shown after ${Date.now() - began} ms`);
  await page.waitForTimeout(2000);
  await report(page, 'opening');
  server.close();
});
