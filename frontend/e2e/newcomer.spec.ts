import { expectAccessible } from './accessible';
import { expect, finishedAnswer, test } from './fixtures';

const TEXT =
  'The Sunday ferry to Kelpie Island leaves Port Maren at 9:40 from pier four. ' +
  'A return ticket costs 17 crowns, and bicycles travel free of charge. ' +
  'Tickets are sold in the blue kiosk by the clock tower, which opens at eight.';
const QUESTION = 'When does the Sunday ferry to Kelpie Island leave, and from which pier?';

test('a newcomer asks their own document and sees the passage', async ({ user: page }) => {
  const stamp = Date.now().toString(36);
  const [base, bot] = [`Ferries ${stamp}`, `Ferry desk ${stamp}`];

  await test.step('make a knowledge base and add a text', async () => {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Knowledge' }).click();
    await page.getByRole('button', { name: 'New knowledge base' }).first().click();
    await page.getByLabel('Name').fill(base);
    await page.getByRole('button', { name: 'Make it' }).click();
    await expect(page.getByRole('heading', { name: base })).toBeVisible();
    await page.getByLabel('Text', { exact: true }).fill(TEXT);
    await page.getByLabel('Source', { exact: true }).fill('ferries.md');
    await page.getByRole('button', { name: 'Add text' }).click();
    await expect(page.getByText('1 passage added.')).toBeVisible();
  });

  await test.step('find it', async () => {
    await page.getByLabel('Question').fill('ferry to Kelpie Island');
    await page.keyboard.press('Enter');
    const result = page.getByRole('search').locator('..').getByRole('listitem').first();
    await expect(result).toContainText('9:40 from pier four');
    await expect(result).toContainText(/[1-9]\d?% similar/);
  });

  await test.step('make a bot that uses it', async () => {
    await page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name: 'Bots' }).click();
    await page.getByRole('link', { name: 'New bot' }).first().click();
    await page.getByLabel('Name', { exact: true }).fill(bot);
    await page.getByLabel('Instructions').fill('You answer questions about ferries.');
    await page.getByRole('switch', { name: 'Answer from knowledge bases' }).click();
    await page.getByRole('checkbox', { name: base }).check();
    await expect(page.getByLabel('Model')).not.toHaveValue('');
    await page.getByRole('button', { name: 'Make the bot' }).click();
    await expect(page.getByRole('heading', { name: bot })).toBeVisible();
  });

  await test.step('ask, and watch the answer come', async () => {
    await page.getByRole('main').locator('div', { has: page.getByRole('heading', { name: bot }) }).last().locator('..').locator('..').getByRole('link', { name: 'Chat' }).click();
    await expect(page.getByRole('heading', { name: bot })).toBeVisible();
    await page.getByLabel('Message', { exact: true }).fill(QUESTION);
    await page.keyboard.press('Enter');
    // Life at once: the question, the answer's place and the button that stops it.
    await expect(page.getByRole('article', { name: 'You' })).toHaveText(QUESTION);
    await expect(page.getByRole('button', { name: 'Stop' })).toBeVisible();
    await expect(page).toHaveURL(/\/chat\/[0-9a-f-]{36}$/);
  });

  await test.step('open the passage that it cites', async () => {
    const answer = await finishedAnswer(page);
    await answer.getByRole('button', { name: 'Source 1: ferries.md' }).first().click();
    const passage = page.getByRole('dialog', { name: 'Passage 1' });
    await expect(passage).toContainText('leaves Port Maren at 9:40 from pier four');
    await expect(passage).toContainText(/[1-9]\d?% similar/);
    await expectAccessible(page);
    await page.keyboard.press('Escape');
    await expect(passage).toBeHidden();
  });

  await test.step('ask again, reload in mid-stream, and see the whole answer', async () => {
    await page.getByLabel('Message', { exact: true }).fill('What does a return ticket cost, and where are tickets sold?');
    await page.keyboard.press('Enter');
    const answer = page.getByRole('article', { name: bot }).nth(1);
    // Some words, and not yet the end.
    await expect(answer.locator('p').nth(1)).toHaveText(/\w+ \w+/);
    await expect(answer).toHaveAttribute('aria-busy', 'true');
    const before = (await answer.locator('p').nth(1).innerText()).trim();
    await page.reload();

    await expect(page.getByRole('article')).toHaveCount(4);
    const whole = await finishedAnswer(page);
    await expect(whole).toHaveAttribute('aria-busy', 'false');
    await expect(whole).toHaveAccessibleName(bot);
    const after = (await whole.locator('.prose').innerText()).trim();
    expect(after.startsWith(before.slice(0, 12))).toBe(true);
    expect(after.length).toBeGreaterThan(before.length);
    // Nothing twice: the page shows what a later reload reads from the history, letter for letter.
    await page.reload();
    const stored = await finishedAnswer(page);
    expect((await stored.locator('.prose').innerText()).trim()).toBe(after);
  });

  await test.step('find the chat again in the list', async () => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search' }).fill('Kelpie');
    await expect(page.getByRole('group', { name: 'Messages' }).locator('mark').first()).toHaveText(/kelpie/i);
  });
});
