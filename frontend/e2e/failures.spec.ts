import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expectAccessible } from './accessible';
import { ask, chatWithGuide, expect, finishedAnswer, script, signIn, test as base } from './fixtures';

const test = base.extend<{ line: Awaited<ReturnType<typeof relay>> }>({
  // After `baseURL`, which skips where there is no browser.
  line: async ({ baseURL }, use) => {
    const line = await relay(baseURL ?? '');
    await use(line);
    line.end();
  },
});

test('a model that is busy is asked again when the countdown has ended', async ({ user: page }) => {
  await page.clock.install();
  await chatWithGuide(page);
  await script(page, { error_before: { name: 'ThrottlingException', message: 'Too many requests.' } });
  await ask(page, 'What is a bot?');
  const answer = page.getByRole('article').last();
  await expect(answer).toContainText('The model is busy');
  const again = answer.getByRole('button', { name: /^Again in \d+ s$/ });
  await expect(again).toBeDisabled();
  await expectAccessible(page);
  await page.screenshot({ path: 'test-results/gallery/desktop-light-busy.png' });
  await page.clock.fastForward(20_000);
  await answer.getByRole('button', { name: 'Ask again' }).click();
  await finishedAnswer(page);
  await expect(page.getByRole('article').last()).not.toContainText('busy');
});

test('a chat that is too long for the model says so, and what to do', async ({ user: page }) => {
  await chatWithGuide(page);
  await script(page, { error_before: { name: 'ValidationException', message: 'Input is too long for requested model.' } });
  await ask(page, 'What is a bot?');
  const answer = page.getByRole('article').last();
  await expect(answer).toContainText('This chat has become too long');
  await expectAccessible(page);
  await answer.getByRole('link', { name: 'New chat' }).click();
  await expect(page).toHaveURL(/\/chat\/?$/);
});

test('an answer that breaks off keeps what came', async ({ user: page }) => {
  await chatWithGuide(page);
  await script(page, { text: 'The ferry leaves at dawn.', error_after: [3, { name: 'ModelStreamErrorException', message: 'The model failed.' }] });
  await ask(page, 'When?');
  const answer = page.getByRole('article').last();
  await expect(answer).toContainText('The answer failed');
  await expect(answer).toContainText('The ferry leaves');
  await expectAccessible(page);
});

/** Passes on what comes to the platform, until it is cut. */
async function relay(platform: string) {
  const { hostname, port } = new URL(platform);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    for (const [socket, other] of [[near, far], [far, near]] as const) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => {
        sockets.delete(socket);
        other.destroy();
      });
    }
    if (isCut) near.destroy();
    else near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port: own } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${own}`,
    cut: () => {
      isCut = true;
      for (const socket of sockets) socket.destroy();
    },
    mend: () => { isCut = false; },
    end: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

test('a connection that breaks in mid-answer comes back by itself, and nothing is lost or doubled', async ({ page, line }) => {
  await page.goto(line.url);
  await signIn(page);
  await chatWithGuide(page, `${line.url}/chat`);
  const text = Array.from({ length: 300 }, (_, index) => `word${index}`).join(' ');
  await script(page, { text, pace_ms: 30 });
  await ask(page, 'Count for me.');
  const answer = page.getByRole('article').last();
  await expect(answer).toContainText('word10 word11');
  line.cut();
  await expect(page.getByText('The connection broke. Reconnecting; the answer goes on meanwhile.')).toBeVisible();
  await expectAccessible(page);
  await page.screenshot({ path: 'test-results/gallery/desktop-light-reconnecting.png' });
  line.mend();
  const whole = await finishedAnswer(page);
  await expect(page.getByText('The connection broke.')).toBeHidden();
  expect((await whole.locator('.prose').innerText()).trim()).toBe(text);
});

test('a question that cannot be sent is kept', async ({ user: page, context }) => {
  await chatWithGuide(page);
  await context.setOffline(true);
  await expect(page.getByText('You are offline. You can read on and type.')).toBeVisible();
  await ask(page, 'What is a knowledge base?');
  await expect(page.getByRole('alert')).toContainText('You are offline');
  await expect(page.getByLabel('Message', { exact: true })).toHaveValue('What is a knowledge base?');
  await expectAccessible(page);
  await context.setOffline(false);
  await page.getByRole('alert').getByRole('button', { name: 'Send' }).click();
  await finishedAnswer(page);
  await expect(page.getByRole('article', { name: 'You' })).toHaveText('What is a knowledge base?');
});

test('a part of the page that cannot be fetched says so, and comes when it can', async ({ user: page }) => {
  await chatWithGuide(page);
  // Only what is not there yet: as without a connection, or after an update has taken the old files away.
  const parts = /\/assets\/(palette|keys)-.*\.js/;
  await page.route(parts, (route) => route.abort());
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('region', { name: /^Notifications/ })).toContainText('This part of the page could not be loaded.');
  await expectAccessible(page);
  // The page itself goes on.
  await ask(page, 'What is a bot?');
  await finishedAnswer(page);
  await page.unroute(parts);
  await page.getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('combobox', { name: 'Search' })).toBeFocused();
});

test('a bot that is not there is not replaced by another', async ({ user: page }) => {
  await page.goto('/chat?bot=01900000-0000-7000-8000-000000000000');
  await expect(page.getByRole('alert')).toContainText('no such bot');
  await page.getByLabel('Message', { exact: true }).fill('Who are you?');
  await expect(page.getByRole('button', { name: 'Send' })).toBeDisabled();
  await page.getByRole('button', { name: /^Bot:/ }).click();
  await page.getByRole('menuitem', { name: 'Mangoo guide' }).click();
  await expect(page.getByRole('alert')).toBeHidden();
  await expect(page.getByRole('button', { name: 'Send' })).toBeEnabled();
});

test('the list follows an answer only for who is at its end', async ({ user: page }) => {
  await page.setViewportSize({ width: 1000, height: 600 });
  await chatWithGuide(page);
  await script(page, { text: Array.from({ length: 120 }, (_, index) => `Line ${index}.\n\n`).join(''), pace_ms: 30 });
  await ask(page, 'Many lines.');
  const box = page.locator('[data-scroller]');
  await expect(page.getByText('Line 40.')).toBeInViewport();
  await box.hover();
  await page.mouse.wheel(0, -400);
  await expect(page.getByRole('button', { name: 'To the newest message' })).toBeVisible();
  const top = await box.evaluate(({ scrollTop }) => scrollTop);
  await expect(page.getByText('Line 70.')).toBeAttached();
  expect(await box.evaluate(({ scrollTop }) => scrollTop)).toBe(top);
  await page.getByRole('button', { name: 'To the newest message' }).click();
  await finishedAnswer(page);
  await expect(page.getByText('Line 119.', { exact: true })).toBeInViewport();
});
