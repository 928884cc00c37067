import type { Page } from '@playwright/test';
import { expectAccessible } from './accessible';
import { expect, test } from './fixtures';
import { makeChat, signInAs, titles, users } from './users';

test.beforeEach(() => { test.skip(!process.env.MANGOO_E2E_SAID, 'the users are not known to a server that was not started here'); });

const list = (page: Page) => page.getByRole('region', { name: 'Chats' });
const link = (page: Page, title: string) => list(page).getByRole('link', { name: title, exact: true });

async function open(page: Page, email: string, chats: string[]) {
  await signInAs(page, email);
  await expect(page.getByRole('heading', { name: /^Hello/ })).toBeVisible();
  for (const title of chats) await makeChat(page, title);
  await page.reload();
  for (const title of chats) await expect(link(page, title)).toBeVisible();
}

test('chats are renamed, pinned and deleted in place', async ({ page }) => {
  await open(page, users.sidebar, ['Ferries', 'Lighthouses', 'Tides']);

  await test.step('renamed by keys, and left as it was by Esc', async () => {
    await link(page, 'Tides').focus();
    await page.keyboard.press('F2');
    const field = list(page).getByRole('textbox', { name: 'Title' });
    await expect(field).toBeFocused();
    await expectAccessible(page);
    await field.fill('Nothing');
    await page.keyboard.press('Escape');
    await expect(link(page, 'Tides')).toBeFocused();
    await page.keyboard.press('F2');
    await field.fill('High tides');
    await page.keyboard.press('Enter');
    await expect(link(page, 'High tides')).toBeFocused();
    await expect.poll(() => titles(page)).toContain('High tides');
  });

  await test.step('renamed by the mouse', async () => {
    await link(page, 'Ferries').dblclick();
    await list(page).getByRole('textbox', { name: 'Title' }).fill('Old ferries');
    await page.keyboard.press('Enter');
    await expect.poll(() => titles(page)).toContain('Old ferries');
  });

  await test.step('pinned, above the others', async () => {
    await list(page).getByRole('button', { name: 'More for Lighthouses' }).click();
    await expectAccessible(page);
    await page.getByRole('menuitem', { name: 'Pin' }).click();
    await expect(list(page).getByRole('group', { name: 'Pinned' }).getByRole('link')).toHaveText(['Lighthouses']);
    await expect(list(page).getByRole('group', { name: 'Today' }).getByRole('link')).toHaveCount(2);
    await page.reload();
    await expect(list(page).getByRole('group').first().getByRole('link')).toHaveText(['Lighthouses']);
    await list(page).getByRole('button', { name: 'More for Lighthouses' }).click();
    await page.getByRole('menuitem', { name: 'Unpin' }).click();
    await expect(list(page).getByRole('group', { name: 'Pinned' })).toBeHidden();
  });

  await test.step('deleted, and brought back', async () => {
    await link(page, 'Lighthouses').click();
    await expect(page).toHaveURL(/\/chat\/[0-9a-f-]{36}/);
    const address = page.url();
    await link(page, 'Lighthouses').focus();
    await page.keyboard.press('Delete');
    await expect(link(page, 'Lighthouses')).toBeHidden();
    await expect(page).toHaveURL(/\/chat\/?$/);
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Undo' }).click();
    await expect(link(page, 'Lighthouses')).toBeVisible();
    await expect(page).toHaveURL(address);
    expect(await titles(page)).toContain('Lighthouses');
  });

  await test.step('deleted, when the time for that is over', async () => {
    await list(page).getByRole('button', { name: 'More for Lighthouses' }).click();
    await page.getByRole('menuitem', { name: 'Delete' }).click();
    await expect(page.getByText('Deleted: Lighthouses').first()).toBeVisible();
    expect(await titles(page)).toContain('Lighthouses');
    // Eight seconds, while the pointer is not on it.
    await page.mouse.move(700, 300);
    await expect.poll(() => titles(page), { timeout: 20_000 }).not.toContain('Lighthouses');
    await expect(page.getByRole('button', { name: 'Undo' })).toBeHidden();
  });

  await test.step('deleted, when the page is left before', async () => {
    await link(page, 'Old ferries').focus();
    await page.keyboard.press('Delete');
    await expect(page.getByRole('button', { name: 'Undo' })).toBeVisible();
    expect(await titles(page)).toContain('Old ferries');
    await page.goto('about:blank');
    await page.goto('/');
    await expect.poll(() => titles(page)).toEqual(['High tides']);
  });
});

test('chats go to the archive, and come back', async ({ page }) => {
  await open(page, users.archive, ['Harbours', 'Piers']);
  for (const title of ['Harbours', 'Piers']) {
    await list(page).getByRole('button', { name: `More for ${title}` }).click();
    await page.getByRole('menuitem', { name: 'Archive' }).click();
    await expect(link(page, title)).toBeHidden();
  }
  await page.getByRole('listitem').filter({ hasText: 'Archived: Piers' }).getByRole('button', { name: 'Undo' }).click();
  await expect(link(page, 'Piers')).toBeVisible();
  expect(await titles(page, '&archived=true')).toEqual(['Harbours']);

  await page.goto('/settings');
  const archive = page.getByRole('list', { name: 'Archived chats' });
  await expect(archive.getByRole('link')).toHaveText(['Harbours']);
  await expectAccessible(page);
  await archive.getByRole('button', { name: 'Restore Harbours' }).click();
  await expect(page.getByText('Nothing is archived.')).toBeVisible();
  await expect(link(page, 'Harbours')).toBeVisible();
});

test('keys open a search over chats, messages and pages', async ({ page }) => {
  await signInAs(page, users.palette);
  await expect(page.getByRole('heading', { name: /^Hello/ })).toBeVisible();
  const id = await makeChat(page, 'Boats of the north', 'The Kelpie leaves the harbour at dawn.');
  const dessert = await makeChat(page, 'Crème brûlée', 'With burnt sugar.');
  await page.reload();
  const opener = page.getByRole('button', { name: 'Search' });
  await opener.focus();
  await page.keyboard.press('Control+k');
  const field = page.getByRole('combobox', { name: 'Search' });
  const options = page.getByRole('option');
  await expect(field).toBeFocused();
  await expect(page.getByRole('group', { name: 'Recent chats' }).getByRole('option')).toHaveCount(2);
  await expectAccessible(page);

  await field.fill('kelpie');
  const found = page.getByRole('group', { name: 'Messages' }).getByRole('option');
  await expect(found.locator('mark').first()).toHaveText(/kelpie/i);
  await expectAccessible(page);
  await page.screenshot({ path: 'test-results/gallery/desktop-light-search.png' });
  // The address says which message until it has been shown.
  let there = page.waitForURL(new RegExp(`/chat/${id}\\?message=[0-9a-f-]{36}$`));
  await page.keyboard.press('Enter');
  await there;

  await page.keyboard.press('Control+k');
  await field.fill('creme BRUL');
  await expect(page.getByRole('group', { name: 'Chats' }).getByRole('option')).toContainText(['Crème brûlée']);
  // What was typed last is meant, also when it has yet to be searched for.
  await field.fill('burnt sugar');
  there = page.waitForURL(new RegExp(`/chat/${dessert}\\?message=`));
  await page.keyboard.press('Enter');
  await there;
  await page.keyboard.press('Control+k');
  await field.fill('no such thing');
  await expect(page.getByText('Nothing was found for “no such thing”.').last()).toBeVisible();
  await expectAccessible(page);
  await field.fill('market');
  await expect(options.last()).toHaveText('Marketplace');
  await expect(field).toHaveAttribute('aria-activedescendant', (await options.first().getAttribute('id')) ?? '');
  await page.keyboard.press('ArrowUp');
  await expect(options.last()).toHaveAttribute('aria-selected', 'true');
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/marketplace$/);

  await opener.click();
  await expect(field).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(opener).toBeFocused();

  await page.keyboard.press('Control+/');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await expectAccessible(page);
  await page.screenshot({ path: 'test-results/gallery/desktop-light-keys.png' });
  await page.keyboard.press('Escape');
  await expect(opener).toBeFocused();
  await page.keyboard.press('Control+Shift+O');
  await expect(page).toHaveURL(/\/chat\/?$/);
});

test('all of it can be reached on a phone', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await signInAs(page, users.phone);
  await expect(page.getByRole('heading', { name: /^Hello/ })).toBeVisible();
  await makeChat(page, 'Islands');
  await page.reload();
  const menu = page.getByRole('button', { name: 'Menu' });
  await menu.click();
  await expectAccessible(page);
  await page.screenshot({ path: 'test-results/gallery/phone-light-sidebar.png' });

  await list(page).getByRole('button', { name: 'More for Islands' }).click();
  await page.getByRole('menuitem', { name: 'Rename' }).click();
  const field = list(page).getByRole('textbox', { name: 'Title' });
  await field.fill('Nothing');
  // Esc leaves the field, not the drawer.
  await page.keyboard.press('Escape');
  await expect(link(page, 'Islands')).toBeVisible();
  await list(page).getByRole('button', { name: 'More for Islands' }).click();
  await page.getByRole('menuitem', { name: 'Delete' }).click();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(link(page, 'Islands')).toBeVisible();

  await page.getByRole('dialog', { name: 'Menu' }).getByRole('button', { name: 'Search' }).click();
  await expect(page.getByRole('dialog', { name: 'Menu' })).toBeHidden();
  await expect(page.getByRole('combobox', { name: 'Search' })).toBeFocused();
  await expectAccessible(page);
  await page.screenshot({ path: 'test-results/gallery/phone-light-search.png' });
  await page.getByRole('button', { name: 'Close' }).click();
  await menu.click();
  await page.getByRole('button', { name: /^Account/ }).click();
  await page.getByRole('menuitem', { name: 'Settings' }).click();
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();
  await expectAccessible(page);
  await page.screenshot({ path: 'test-results/gallery/phone-light-settings.png', fullPage: true });
});
