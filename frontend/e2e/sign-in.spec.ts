import { expectAccessible } from './accessible';
import { expect, test } from './fixtures';
import { appCode, PASSWORD, signInAs, temporary, users, withApp, withoutApp } from './users';

const phone = { width: 390, height: 844 };

test.beforeEach(() => { test.skip(!process.env.MANGOO_E2E_SAID, 'the users are not known to a server that was not started here'); });

test('a temporary password is replaced, with what the pool requires', async ({ page }) => {
  await signInAs(page, temporary, '/bots');
  await expect(page.getByRole('heading', { name: 'Choose your password' })).toBeVisible();
  await expectAccessible(page);
  await page.getByLabel('New password').fill('weakpassword');
  await page.getByLabel('First name').fill('Tilda');
  await page.getByRole('button', { name: 'Save and sign in' }).click();
  await expect(page.getByRole('alert')).toContainText('This password does not follow the rules.');
  await page.getByLabel('New password').fill('Lasting-mango-1');
  await page.getByRole('button', { name: 'Save and sign in' }).click();
  // Back to where it began.
  await expect(page.getByRole('heading', { name: 'Bots', level: 1 })).toBeVisible();
  await expect(page).toHaveURL(/\/bots$/);
});

test('a code of an authenticator app is asked for', async ({ page }) => {
  await page.setViewportSize(phone);
  await signInAs(page, withApp);
  await expect(page.getByRole('heading', { name: 'Second step' })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Code' })).toBeFocused();
  const right = appCode();
  await page.getByRole('textbox', { name: 'Code' }).fill(right === '000000' ? '111111' : '000000');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('alert')).toContainText('This code is not right.');
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Back to sign in' }).click();
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('textbox', { name: 'Code' }).fill(appCode());
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /^Hello/ })).toBeVisible();
});

test('an authenticator app is set up where the pool asks for one', async ({ page }) => {
  await page.setViewportSize(phone);
  await signInAs(page, withoutApp);
  await expect(page.getByRole('heading', { name: 'Protect your account' })).toBeVisible();
  await expect(page.getByRole('img', { name: 'QR code' })).toBeVisible();
  await expectAccessible(page);
  await page.screenshot({ path: 'test-results/gallery/phone-light-set-up.png', fullPage: true });
  const address = await page.getByRole('link', { name: 'Open the app on this device' }).getAttribute('href');
  expect(address).toMatch(/^otpauth:\/\/totp\/Mangoo%3Awithout-app%40mangoo\.local\?secret=[A-Z2-7]{52}&issuer=Mangoo$/);
  const secret = new URL(address ?? '').searchParams.get('secret') ?? '';
  await expect(page.locator('code')).toHaveText(secret.replace(/.{4}(?=.)/g, '$& '));
  await page.getByRole('textbox', { name: 'Code' }).fill(appCode(secret));
  await page.getByRole('button', { name: 'Confirm and sign in' }).click();
  await expect(page.getByRole('heading', { name: /^Hello/ })).toBeVisible();
});

test('language and theme are chosen before the sign-in', async ({ page }) => {
  await page.setViewportSize(phone);
  await page.goto('/sign-in');
  await expectAccessible(page);
  await page.getByRole('combobox', { name: 'Language' }).selectOption('العربية');
  await expect(page.getByRole('heading', { name: 'تسجيل الدخول' })).toBeVisible();
  await page.getByText('داكن').locator('..').click();
  await expect(page.locator('html')).toHaveClass(/dark/);
  await page.screenshot({ path: 'test-results/gallery/phone-dark-sign-in-ar.png' });
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('dir', 'rtl');
  await expect(page.getByRole('radio', { name: 'داكن' })).toBeChecked();
});

test('all tabs sign in and out together', async ({ page, context }) => {
  await page.goto('/knowledge');
  const other = await context.newPage();
  await other.goto('/bots');
  await expect(other.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await signInAs(page, users.tabs, page.url());
  await expect(page.getByRole('heading', { name: 'Knowledge', level: 1 })).toBeVisible();
  // Each is where it was to be.
  await expect(other.getByRole('heading', { name: 'Bots', level: 1 })).toBeVisible();
  await expect(other).toHaveURL(/\/bots$/);

  const refreshToken = await page.evaluate(() => localStorage.getItem(Object.keys(localStorage).find((key) => key.endsWith('.refreshToken')) ?? ''));
  await other.getByRole('button', { name: /^Account/ }).click();
  await other.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(other.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  expect(await page.evaluate(() => Object.keys(localStorage).filter((key) => /Token|LastAuthUser/.test(key)))).toEqual([]);
  // Signed out, not expired: nothing leads back to what somebody else looked at.
  await expect(page).toHaveURL(/\/sign-in$/);
  // Nor is the session good for whoever has kept its token, though the page did not wait to hear that.
  const config = (await (await page.request.get('/config.json')).json()) as { client_id: string; cognito_endpoint: string };
  await expect.poll(async () => {
    const answer = await page.request.post(config.cognito_endpoint, {
      headers: { 'Content-Type': 'application/x-amz-json-1.1', 'X-Amz-Target': 'AWSCognitoIdentityProviderService.GetTokensFromRefreshToken' },
      data: { ClientId: config.client_id, RefreshToken: refreshToken },
    });
    return answer.text();
  }).toContain('NotAuthorizedException');
});

test('signing out everywhere ends the session of another browser, where it was', async ({ page, browser, baseURL }) => {
  await signInAs(page, users.everywhere);
  await expect(page.getByRole('heading', { name: /^Hello/ })).toBeVisible();
  const elsewhere = await browser.newContext({ baseURL: baseURL ?? '' });
  const other = await elsewhere.newPage();
  await other.clock.install();
  await signInAs(other, users.everywhere, '/knowledge');
  await expect(other.getByRole('heading', { name: 'Knowledge', level: 1 })).toBeVisible();
  const second = await elsewhere.newPage();
  await second.goto('/bots');
  await expect(second.getByRole('heading', { name: 'Bots', level: 1 })).toBeVisible();

  await page.goto('/settings');
  await page.getByRole('button', { name: 'Sign out everywhere' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Sign out everywhere' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();

  // Its tokens are renewed before they expire, and then it finds out: in all of its tabs.
  await other.clock.fastForward('00:49:00');
  for (const [tab, path] of [[other, '/knowledge'], [second, '/bots']] as const) {
    await expect(tab.getByText('Your session has ended.')).toBeVisible();
    expect(new URL(tab.url()).searchParams.get('redirect')).toBe(path);
  }
  await second.getByLabel('Email').fill(users.everywhere);
  await second.getByLabel('Password').fill(PASSWORD);
  await second.getByRole('button', { name: 'Sign in' }).click();
  await expect(second.getByRole('heading', { name: 'Bots', level: 1 })).toBeVisible();
  await expect(other.getByRole('heading', { name: 'Knowledge', level: 1 })).toBeVisible();
  await elsewhere.close();
});

test('tokens are renewed before they expire, in all tabs', async ({ context, page }) => {
  const asked: string[] = [];
  context.on('request', (request) => {
    if (request.headers()['x-amz-target']?.endsWith('GetTokensFromRefreshToken')) asked.push(request.url());
  });
  await page.clock.install();
  await signInAs(page, users.tabs);
  await expect(page.getByRole('heading', { name: /^Hello/ })).toBeVisible();
  const before = await page.evaluate(() => Object.entries(localStorage).find(([key]) => key.endsWith('.idToken'))?.[1]);
  const other = await context.newPage();
  await other.clock.install();
  await other.goto('/bots');
  await expect(other.getByRole('heading', { name: 'Bots', level: 1 })).toBeVisible();
  await Promise.all([page.clock.fastForward('00:49:00'), other.clock.fastForward('00:49:00')]);
  await expect.poll(() => page.evaluate(() => Object.entries(localStorage).find(([key]) => key.endsWith('.idToken'))?.[1])).not.toBe(before);
  await page.reload();
  await expect(page.getByRole('heading', { name: /^Hello/ })).toBeVisible();
  // By one tab as a rule. Their clocks jump one after the other here, and what one of them stores comes to the
  // other's process a little later: once for all tabs is tested where there is one process (`tokens.test.ts`).
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.length).toBeLessThanOrEqual(2);
});
