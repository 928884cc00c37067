import { Buffer } from 'node:buffer';
import type { Route } from '@playwright/test';
import { expectAccessible } from './accessible';
import { ask, chatWithGuide, expect, finishedAnswer, script, test } from './fixtures';
import { call } from './users';

// One red pixel.
const PNG = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64');

test('Enter sends, Shift+Enter breaks, and an Enter of an input method does neither', async ({ user: page }) => {
  await chatWithGuide(page);
  const box = page.getByLabel('Message', { exact: true });
  await box.fill('First line');
  const low = (await box.boundingBox())?.height ?? 0;
  await page.keyboard.press('Shift+Enter');
  await page.keyboard.type('second line');
  await expect(box).toHaveValue('First line\nsecond line');
  expect((await box.boundingBox())?.height).toBeGreaterThan(low);

  const browser = await page.context().newCDPSession(page);
  await browser.send('Input.imeSetComposition', { text: 'に', selectionStart: 1, selectionEnd: 1 });
  await box.dispatchEvent('keydown', { key: 'Enter', isComposing: true });
  await expect(page.getByRole('article')).toHaveCount(0);
  await browser.send('Input.insertText', { text: '日本' });
  await expect(box).toHaveValue('First line\nsecond line日本');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('article', { name: 'You' })).toHaveText('First line\nsecond line日本');
  await finishedAnswer(page);
});

test('a text that is too long is refused whole, and kept whole', async ({ user: page }) => {
  await chatWithGuide(page);
  const text = 'ferry '.repeat(20_000);
  await ask(page, text);
  await expect(page.getByRole('alert')).toContainText('must have 1 to 100000 characters, not 119999');
  await expect(page.getByLabel('Message', { exact: true })).toHaveValue(text.trim());
  await expect(page.getByRole('article')).toHaveCount(0);
});

test('each chat keeps its draft', async ({ user: page }) => {
  await chatWithGuide(page);
  await ask(page, 'What is a bot?');
  await finishedAnswer(page);
  const chat = page.url();
  const box = page.getByLabel('Message', { exact: true });
  await box.fill('To be gone on with');
  await page.keyboard.press('Control+Shift+O');
  await expect(box).toHaveValue('');
  await box.fill('Something new');
  await page.goto(chat);
  await expect(box).toHaveValue('To be gone on with');
  await page.goto('/chat');
  await expect(box).toHaveValue('Something new');
});

test('what is typed while a first question is on its way belongs to the chat that it begins', async ({ user: page }) => {
  await chatWithGuide(page);
  const asked = new Promise<Route>((resolve) => { void page.route('**/chat/stream', (route) => { resolve(route); }); });
  await ask(page, 'What is a bot?');
  const box = page.getByLabel('Message', { exact: true });
  await box.fill('And an agent?');
  await (await asked).continue();
  await expect(page).toHaveURL(/\/chat\/[0-9a-f-]{36}/);
  await expect(box).toHaveValue('And an agent?');
  await finishedAnswer(page);
  await page.reload();
  await expect(box).toHaveValue('And an agent?');
  await page.keyboard.press('Control+Shift+O');
  await expect(box).toHaveValue('');
});

test('a new chat begins empty while the one before is still answered', async ({ user: page }) => {
  await chatWithGuide(page);
  await script(page, { text: 'The ferry leaves at dawn. '.repeat(200), pace_ms: 40 });
  await ask(page, 'When does the ferry leave?');
  await expect(page).toHaveURL(/\/chat\/[0-9a-f-]{36}/);
  await expect(page.getByRole('article').last()).toContainText('The ferry');
  const chat = page.url();
  await page.keyboard.press('Control+Shift+O');
  await expect(page.getByRole('article')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Send' })).toBeVisible();
  await page.goBack();
  await expect(page).toHaveURL(chat);
  await expect(page.getByRole('article').last()).toContainText('The ferry');
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(page.getByLabel('Message', { exact: true })).toBeFocused();
  await expect(page.getByRole('article').last()).toContainText('Stopped');
});

test('@ picks a bot and / a starter', async ({ user: page }) => {
  const name = `Harbour ${Date.now().toString(36)}`;
  const { models } = (await call(page, 'GET', '/models')) as { models: { id: string }[] };
  await call(page, 'POST', '/bots', { name, model_id: models[0]?.id, instructions: 'You know the harbour.', starters: ['When is high tide?', 'Who is the harbour master?'], icon: '⚓' });
  await chatWithGuide(page);
  const box = page.getByLabel('Message', { exact: true });
  await box.pressSequentially('@harb');
  const bots = page.getByRole('listbox', { name: 'Bots' });
  await expect(bots.getByRole('option', { name })).toHaveAttribute('aria-selected', 'true');
  await expectAccessible(page);
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name })).toBeVisible();
  await expect(box).toHaveValue('');
  await box.pressSequentially('/');
  const starters = page.getByRole('listbox', { name: 'Starters' });
  await expect(starters.getByRole('option')).toHaveText(['When is high tide?', 'Who is the harbour master?']);
  await page.keyboard.press('Escape');
  await expect(starters).toBeHidden();
  await box.fill('');
  await box.pressSequentially('/');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(box).toHaveValue('Who is the harbour master?');
});

for (const [device, viewport] of Object.entries({ desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } })) {
  test(`files are attached, checked, and asked about, on a ${device}`, async ({ user: page }) => {
    await page.setViewportSize(viewport);
    await chatWithGuide(page);
    const box = page.getByLabel('Message', { exact: true });
    const attached = page.locator('form').getByRole('list', { name: 'Attached files' });
    const file = (name: string) => attached.getByRole('listitem').filter({ hasText: name });

    await test.step('what cannot be sent is said before anything is', async () => {
      const sent: string[] = [];
      page.on('request', (request) => { if (request.url().includes('/chat/attachments')) sent.push(request.url()); });
      await page.getByLabel('Attach files').first().setInputFiles([
        { name: 'song.mp3', mimeType: 'audio/mpeg', buffer: Buffer.from('ID3') },
        { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
        { name: 'huge.png', mimeType: 'image/png', buffer: Buffer.alloc(3_750_001, 1) },
      ]);
      await expect(file('song.mp3')).toContainText('can be attached');
      await expect(file('empty.txt')).toContainText('This file is empty.');
      await expect(file('huge.png')).toContainText('Too large');
      await page.getByLabel('Message', { exact: true }).fill('What is this?');
      await expect(page.getByRole('button', { name: 'Send' })).toBeDisabled();
      await expectAccessible(page);
      for (const name of ['song.mp3', 'empty.txt', 'huge.png']) await page.getByRole('button', { name: `Remove ${name}` }).click();
      await expect(attached).toBeHidden();
      expect(sent).toEqual([]);
    });

    await test.step('an image that is pasted and a document that is dropped', async () => {
      const clipboard = await page.evaluateHandle((bytes) => {
        const data = new DataTransfer();
        data.items.add(new File([new Uint8Array(bytes)], 'chart.png', { type: 'image/png' }));
        return data;
      }, [...PNG]);
      await box.evaluate((area, clipboardData) => area.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true })), clipboard);
      await expect(file('chart.png').locator('img')).toBeVisible();
      const dropped = await page.evaluateHandle(() => {
        const data = new DataTransfer();
        data.items.add(new File(['Port Maren has four piers.'], 'piers.txt', { type: 'text/plain' }));
        return data;
      });
      await box.dispatchEvent('drop', { dataTransfer: dropped });
      await expect(file('piers.txt')).toBeVisible();
      await expect(attached.getByText('Sending')).toHaveCount(0);
      await page.screenshot({ path: `test-results/gallery/${device}-light-attachments.png` });
    });

    await test.step('they wait while another page is looked at', async () => {
      await box.fill('What is this?');
      if (device === 'phone') await page.getByRole('button', { name: 'Menu' }).click();
      await page.getByRole('link', { name: 'Bots', exact: true }).click();
      await expect(page.getByRole('heading', { name: 'Bots', exact: true })).toBeVisible();
      await page.goBack();
      // The drawer is closed, and stays so.
      await expect(page.getByRole('dialog')).toBeHidden();
      await expect(box).toHaveValue('What is this?');
      await expect(file('chart.png').locator('img')).toBeVisible();
      await expect(file('piers.txt')).toBeVisible();
      await box.press('Enter');
    });

    await test.step('they stand with the question, also later', async () => {
      await finishedAnswer(page);
      await expect(attached).toBeHidden();
      const question = page.getByRole('article', { name: 'You' });
      await expect(question).toContainText('piers.txt');
      await page.reload();
      await expect(question).toContainText('piers.txt');
      await expect(question.getByRole('img')).toBeVisible();
      expect(await question.getByRole('img').evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);
      await expectAccessible(page);
    });
  });
}

test('Escape stops an answer, and what there is of it stays', async ({ user: page }) => {
  await chatWithGuide(page);
  await script(page, { text: 'and so on '.repeat(500), pace_ms: 40 });
  await ask(page, 'Tell me all of it.');
  await expect(page.getByRole('article').last()).toContainText('and so on and so on');
  await page.keyboard.press('Escape');
  const answer = await finishedAnswer(page);
  await expect(answer).toContainText('Stopped');
  await expectAccessible(page);
  await answer.getByRole('button', { name: 'Ask again' }).click();
  await finishedAnswer(page);
  await expect(page.getByRole('article').last()).not.toContainText('Stopped');
  await expect(page.getByRole('article')).toHaveCount(2);
});
