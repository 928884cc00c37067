import { test as base, expect, type Page } from '@playwright/test';

export { expect };

interface Fixtures {
  /** A page that is signed in as the demo user. */
  user: Page;
  /** Fails the test for errors in any page of it that nobody handled, and for what the page's policy forbids. */
  watched: undefined;
}

export const test = base.extend<Fixtures>({
  baseURL: async ({}, use) => {
    test.skip(process.env.MANGOO_E2E_SKIP !== undefined, process.env.MANGOO_E2E_SKIP);
    await use(process.env.MANGOO_E2E_URL);
  },
  watched: [
    async ({ context }, use) => {
      const errors: string[] = [];
      context.on('weberror', (error) => errors.push(String(error.error())));
      // What the Content-Security-Policy forbids is in the console of the page, in whatever context it is.
      context.on('console', (message) => { if (/Content.Security.Policy|Permissions.Policy/i.test(message.text())) errors.push(message.text()); });
      await use(undefined);
      expect(errors).toEqual([]);
    },
    { auto: true },
  ],
  user: async ({ page }, use) => {
    await page.goto('/');
    await signIn(page);
    await use(page);
  },
});

export async function signIn(page: Page) {
  await page.getByLabel('Email').fill('demo@mangoo.local');
  await page.getByLabel('Password').fill('Mangoo-demo-1');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('heading', { name: /^Hello/ })).toBeVisible();
}

/** A new chat with the demo's bot, whatever bots other tests have made. */
export async function chatWithGuide(page: Page, address = '/chat') {
  await page.goto(address);
  await page.getByRole('button', { name: /^Bot:/ }).click();
  await page.getByRole('menuitem', { name: 'Mangoo guide' }).click();
  await expect(page.getByRole('heading', { name: 'Mangoo guide' })).toBeVisible();
}

interface Script {
  text?: string;
  reasoning?: string;
  pace_ms?: number;
  first_token_delay_ms?: number;
  error_before?: { name: string; message: string };
  /** After so many words. */
  error_after?: [number, { name: string; message: string }];
}

/** Has the model answer the next question so. */
export async function script(page: Page, script: Script) {
  const response = await page.request.post(`${process.env.MANGOO_E2E_BEDROCK}/_stand-in/scripts`, { data: script });
  expect(response.ok()).toBe(true);
}

/** Types a question and sends it. */
export async function ask(page: Page, question: string) {
  await page.getByLabel('Message', { exact: true }).fill(question);
  await page.keyboard.press('Enter');
}

/** The last answer, when it is whole. */
export async function finishedAnswer(page: Page) {
  const answer = page.getByRole('article').last();
  await expect(answer.getByRole('button', { name: 'Copy answer' })).toBeVisible({ timeout: 60_000 });
  return answer;
}
