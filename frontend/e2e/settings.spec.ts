import { expectAccessible } from './accessible';
import { expect, test } from './fixtures';
import { call, makeChat, PASSWORD, signInAs, users } from './users';

test.beforeEach(() => { test.skip(!process.env.MANGOO_E2E_SAID, 'the users are not known to a server that was not started here'); });

test('name, password, theme and language are changed', async ({ page }) => {
  await signInAs(page, users.settings, '/settings');
  await expect(page.getByRole('heading', { name: 'Settings', level: 1 })).toBeVisible();

  await test.step('the name, wherever it stands', async () => {
    await page.getByLabel('Full name').fill('Sigrid Settings');
    await page.getByRole('button', { name: 'Save name' }).click();
    await expect(page.getByText('Your name is saved.').first()).toBeVisible();
    await expect(page.getByRole('button', { name: 'Account of Sigrid Settings' })).toBeVisible();
    expect(await call(page, 'GET', '/users/me')).toMatchObject({ full_name: 'Sigrid Settings' });
    await expectAccessible(page);
  });

  await test.step('the password', async () => {
    const open = () => page.getByRole('button', { name: 'Change password' }).first().click();
    await open();
    const dialog = page.getByRole('dialog', { name: 'Change password' });
    await dialog.getByLabel('Password', { exact: true }).fill('Not-the-one-1');
    await dialog.getByLabel('New password').fill('Another-mango-1');
    await dialog.getByRole('button', { name: 'Change password' }).click();
    await expect(dialog.getByRole('alert')).toContainText('The password you have now is not right.');
    await expectAccessible(page);
    await dialog.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await dialog.getByRole('button', { name: 'Change password' }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByText('Your password is changed.').first()).toBeVisible();
  });

  await test.step('theme and language', async () => {
    await page.getByText('Dark', { exact: true }).click();
    await expect(page.locator('html')).toHaveClass(/dark/);
    await page.screenshot({ path: 'test-results/gallery/desktop-dark-settings.png', fullPage: true });
    await page.getByRole('combobox', { name: 'Language' }).selectOption('العربية');
    await expect(page.getByRole('heading', { name: 'الإعدادات', level: 1 })).toBeVisible();
    await page.screenshot({ path: 'test-results/gallery/desktop-dark-settings-ar.png', fullPage: true });
    await page.getByRole('combobox').selectOption('English');
  });

  await test.step('the new password is the one', async () => {
    await page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
    await page.getByLabel('Email').fill(users.settings);
    await page.getByLabel('Password').fill('Another-mango-1');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByRole('heading', { name: 'Hello, Sigrid' })).toBeVisible();
  });
});

test('one’s data is deleted by who types the address', async ({ page }) => {
  await signInAs(page, users.leaving);
  await expect(page.getByRole('heading', { name: /^Hello/ })).toBeVisible();
  await makeChat(page, 'Secrets');
  await page.goto('/settings');
  await page.getByRole('button', { name: 'Delete my data' }).click();
  const dialog = page.getByRole('dialog', { name: 'Delete all of your data?' });
  const confirm = dialog.getByRole('button', { name: 'Delete my data' });
  await expect(confirm).toBeDisabled();
  await dialog.getByRole('textbox').fill('somebody@mangoo.local');
  await expect(confirm).toBeDisabled();
  await expectAccessible(page);
  await dialog.getByRole('textbox').fill(users.leaving.toUpperCase());
  await confirm.click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await signInAs(page, users.leaving);
  await expect(page.getByText('Your chats will be here.')).toBeVisible();
});
