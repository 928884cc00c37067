import { setTimeout } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { expectAccessible } from './accessible';
import { expect, finishedAnswer, test } from './fixtures';

const sizes = { desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } };

const stamped = (name: string) => `${name} ${Date.now().toString(36)}${Math.floor(Math.random() * 1000)}`;

/** Makes a bot in its form and gives its name. */
async function makeBot(page: Page, fill: () => Promise<void>) {
  const name = stamped('Leave desk');
  await page.goto('/bots/new');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await fill();
  await expect(page.getByLabel('Model')).not.toHaveValue('');
  await page.getByRole('button', { name: 'Make the bot' }).click();
  await expect(page.getByRole('heading', { name: 'Bots', exact: true })).toBeVisible();
  return name;
}

for (const [device, viewport] of Object.entries(sizes)) {
  test.describe(`on a ${device}`, () => {
    test.use({ viewport });
    const open = async (page: Page, tab: string) => {
      const button = page.getByRole('tab', { name: tab });
      // Beside the form the settings are always open.
      if (await button.count()) await button.click();
    };

    test('a bot is made, tried out before it is saved, and begins a chat with its starters', async ({ user: page }) => {
      const name = await makeBot(page, async () => {
        await page.getByRole('button', { name: 'Choose an icon' }).click();
        await page.getByRole('radio', { name: '🥭' }).click();
        await expect(page.getByRole('button', { name: 'Change the icon 🥭' })).toBeVisible();
        await page.getByLabel('Instructions').fill('You answer questions about leave.');
        await page.getByRole('button', { name: 'Add a starter' }).click();
        await page.keyboard.type('How many days of leave do I have?');
        await page.keyboard.press('Enter');
        await page.keyboard.type('Who approves my leave?');
        await page.keyboard.press('Alt+ArrowUp');
        await expect(page.getByLabel('Starter 1', { exact: true })).toHaveValue('Who approves my leave?');

        await open(page, 'Try it');
        const trial = page.getByRole('region', { name: 'Try the bot' });
        await trial.getByRole('button', { name: 'Who approves my leave?' }).click();
        await expect(trial.getByRole('article', { name: 'You' })).toHaveText('Who approves my leave?');
        const answer = trial.getByRole('article').last();
        await expect(answer.getByRole('button', { name: 'Copy answer' })).toBeVisible();
        await trial.getByLabel('Message to try').fill('And then?');
        await page.keyboard.press('Enter');
        await expect(trial.getByRole('article')).toHaveCount(4);
        await expect(trial.getByRole('article').last().getByRole('button', { name: 'Copy answer' })).toBeVisible();
        await expectAccessible(page);
        await trial.getByRole('button', { name: 'Start over' }).click();
        await expect(trial.getByRole('article')).toHaveCount(0);
        await open(page, 'Settings');
      });
      // Nothing of the trial is a chat.
      const chats = page.getByRole('link', { name: 'Who approves my leave?' });
      await expect(chats).toHaveCount(0);

      await page.getByRole('heading', { name }).locator('xpath=ancestor::div[contains(@class,"rounded-2xl")][1]').getByRole('link', { name: 'Chat' }).click();
      await expect(page.getByRole('heading', { name })).toBeVisible();
      await page.getByRole('button', { name: 'How many days of leave do I have?' }).click();
      await finishedAnswer(page);
      await expect(page.getByRole('article', { name: 'You' })).toHaveText('How many days of leave do I have?');
    });

    test('a bot is changed, and is again what it was', async ({ user: page }) => {
      const name = await makeBot(page, () => page.getByLabel('Instructions').fill('You answer briefly.\nYou are kind.'));
      await page.getByRole('link', { name: `Edit ${name}` }).click();
      await page.getByLabel('Instructions').fill('You answer at length.\nYou are kind.');
      await page.getByRole('slider', { name: 'Temperature' }).press('Home');
      await expect(page.getByRole('slider', { name: 'Temperature' })).toHaveAttribute('aria-valuetext', '0.00, Precise');
      await expect(page.getByText('Not saved yet')).toBeVisible();

      await test.step('leaving asks first', async () => {
        await page.goBack();
        const ask = page.getByRole('alertdialog', { name: 'Leave without saving?' });
        await expect(ask).toBeVisible();
        await expectAccessible(page);
        await ask.getByRole('button', { name: 'Cancel' }).click();
        await expect(page.getByLabel('Instructions')).toHaveValue(/at length/);
      });

      await page.getByRole('button', { name: 'Save', exact: true }).click();
      await expect(page.getByText('Saved', { exact: true })).toBeVisible();

      await test.step('see what changed', async () => {
        await open(page, 'Versions');
        const versions = page.getByRole('region', { name: 'Versions' }).getByRole('listitem');
        await expect(versions).toHaveCount(2);
        await expect(versions.first()).toContainText('Instructions, Temperature');
        await versions.nth(1).getByRole('button').click();
        const version = page.getByRole('dialog', { name: 'Version 1' });
        await expect(version.locator('del').first()).toHaveText('You answer at length.');
        await expect(version.locator('ins').first()).toHaveText('You answer briefly.');
        await expect(version.locator('ins strong').first()).toHaveText('briefly');
        await expectAccessible(page);
        await version.getByRole('button', { name: 'Restore this version' }).click();
        await expect(version).toBeHidden();
        await expect(page.getByText('Version 1 is back.')).toBeVisible();
        await expect(versions).toHaveCount(3);
      });

      await open(page, 'Settings');
      await expect(page.getByLabel('Instructions')).toHaveValue('You answer briefly.\nYou are kind.');
      await page.reload();
      await expect(page.getByLabel('Instructions')).toHaveValue('You answer briefly.\nYou are kind.');
    });

    test('a bot is shared in the marketplace, found, starred and used', async ({ user: page }) => {
      const tag = stamped('holiday').replace(' ', '-');
      const name = await makeBot(page, async () => {
        await page.getByRole('radio', { name: 'Marketplace' }).check();
        await page.getByLabel('Category').fill('People');
        await page.getByLabel('Tags').fill(`${tag}, people`);
      });
      await page.goto('/marketplace');
      await page.getByLabel('Search the marketplace').fill(name);
      const card = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name }) });
      await expect(card).toBeVisible();
      await expect(page).toHaveURL(/search=Leave/);
      await page.getByRole('button', { name: 'People', exact: true }).click();
      await expect(card).toBeVisible();

      await card.getByRole('button', { name: `Star ${name} (0)` }).click();
      await expect(card.getByRole('button', { name: `Star ${name} (1)` })).toHaveAttribute('aria-pressed', 'true');
      await page.reload();
      await expect(card.getByRole('button', { name: `Star ${name} (1)` })).toHaveAttribute('aria-pressed', 'true');
      await page.getByRole('button', { name: 'Starred' }).click();
      await expect(card).toBeVisible();
      await expectAccessible(page);
      await card.getByRole('button', { name: `Star ${name} (1)` }).click();
      await expect(card.getByRole('button', { name: `Star ${name} (0)` })).toHaveAttribute('aria-pressed', 'false');

      await page.goto('/marketplace?utm_source=mail');
      await card.getByRole('button', { name: tag }).click();
      await expect(page).toHaveURL(new RegExp(`tag=${tag}`));
      // In a slow network what was typed would be searched for while the chat is on its way: that calls nobody back.
      await page.route('**/assets/**', async (route) => {
        await setTimeout(600);
        await route.continue();
      });
      await page.getByLabel('Search the marketplace').fill(name);
      await card.getByRole('link', { name: `Chat with ${name}` }).click();
      await page.getByLabel('Message', { exact: true }).fill('Hello');
      await page.keyboard.press('Enter');
      await finishedAnswer(page);
      await page.unrouteAll({ behavior: 'wait' });
      await page.goto('/marketplace');
      await page.getByLabel('Search the marketplace').fill(name);
      await expect(card).toContainText('1 chat');
    });
  });
}

test('an agent of the marketplace becomes a bot', async ({ user: page }) => {
  await page.goto('/marketplace');
  await page.getByRole('tab', { name: 'Agents' }).click();
  await expect(page).toHaveURL(/kind=agents/);
  const use = page.getByRole('link', { name: /^Make a bot of / }).first();
  await expect(use).toBeVisible();
  await expectAccessible(page);
  await use.click();
  await expect(page.getByLabel('Instructions')).toHaveValue(/^You are /);
  await page.goBack();

  // Used as it is, it is talked to at once, and another time it is the same bot.
  const name = ((await use.getAttribute('aria-label')) ?? '').replace('Make a bot of ', '');
  for (const visit of ['first', 'second']) {
    await page.getByRole('button', { name: `Chat with ${name}` }).click();
    await expect(page, visit).toHaveURL(/\/chat\/?\?bot=/);
    await expect(page.getByPlaceholder(`Ask ${name}`)).toBeVisible();
    await page.goBack();
  }
  await expect(page.getByRole('listitem').filter({ has: page.getByRole('heading', { name, exact: true }) })).toContainText('1 use');
  await page.goto('/bots');
  await expect(page.getByRole('heading', { name, exact: true })).toHaveCount(1);
});
