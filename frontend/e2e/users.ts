import { createHmac } from 'node:crypto';
import type { Page } from '@playwright/test';

/** Users whom the local Cognito is started with, each for one test alone. */
export const PASSWORD = 'Mangoo-test-1';
/** Base32 of `12345678901234567890`. */
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
export const REQUIRED = 'given_name';

const address = (name: string) => `${name}@mangoo.local`;
export const users = {
  tabs: address('tabs'),
  everywhere: address('everywhere'),
  sidebar: address('sidebar'),
  palette: address('palette'),
  settings: address('settings'),
  archive: address('archive'),
  phone: address('phone'),
  leaving: address('leaving'),
  gallery: address('sidebar-gallery'),
};
export const temporary = address('temporary');
export const withApp = address('with-app');
export const withoutApp = address('without-app');

/** The options of `mangoo-ops dev` that make them. */
export const userOptions = [
  ...Object.values(users).flatMap((email) => ['--user', `${email}=${PASSWORD}`]),
  ...['--temporary-user', `${temporary}=${PASSWORD}`, '--required-attribute', REQUIRED],
  ...['--totp-user', `${withApp}=${PASSWORD}=${SECRET}`],
  ...['--totp-setup-user', `${withoutApp}=${PASSWORD}`],
];

/** What an authenticator app with this secret shows, `steps` of 30 seconds from now. */
export function appCode(secret = SECRET, steps = 0): string {
  const bits = Array.from(secret, (letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g)?.map((byte) => parseInt(byte, 2)) ?? []);
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + steps));
  const tag = createHmac('sha1', key).update(counter).digest();
  const word = tag.readUInt32BE((tag.at(-1) ?? 0) & 15) & 0x7fffffff;
  return String(word % 1_000_000).padStart(6, '0');
}

/** Signs in as one of them, on the page that is open or at `path`. */
export async function signInAs(page: Page, email: string, path = '/') {
  await page.goto(path);
  await page.getByLabel('Email').fill(email);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
}

/** The ID token that the page has stored. */
export const tokenOf = (page: Page) =>
  page.evaluate(() => Object.entries(localStorage).find(([key]) => key.endsWith('.idToken'))?.[1] as string);

/** Calls the API as whoever is signed in. */
export async function call(page: Page, method: string, path: string, data?: object): Promise<unknown> {
  const response = await page.request.fetch(`/api/v1${path}`, { method, headers: { authorization: `Bearer ${await tokenOf(page)}` }, ...(data ? { data } : {}) });
  if (!response.ok()) throw new Error(`${method} ${path} answered ${response.status()}: ${await response.text()}`);
  return response.json();
}

/** A chat of whoever is signed in, with one question and its answer. */
export async function makeChat(page: Page, title: string, answer = 'An answer.'): Promise<string> {
  const [question, reply] = [crypto.randomUUID(), crypto.randomUUID()];
  const created_at = new Date().toISOString();
  const messages = [
    { id: question, parent_id: null, role: 'user', content: `What about ${title}?`, created_at },
    { id: reply, parent_id: question, role: 'assistant', content: answer, created_at },
  ];
  const { id } = (await call(page, 'POST', '/chats/import', { format: 'mangoo-chat', version: 1, title, messages })) as { id: string };
  return id;
}

/** The titles of the chats that the service has. */
export async function titles(page: Page, query = ''): Promise<string[]> {
  const { items } = (await call(page, 'GET', `/chats?limit=200${query}`)) as { items: { title: string }[] };
  return items.map(({ title }) => title);
}
