import { readFile } from 'node:fs/promises';
import { expectAccessible } from './accessible';
import { chatWithGuide, expect, finishedAnswer, test } from './fixtures';

for (const [device, viewport] of Object.entries({ desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } })) {
  test(`a chat is shared, taken out, and taken in again, on a ${device}`, async ({ user: page, context }) => {
    await page.setViewportSize(viewport);
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const subject = `About sharing ${Date.now().toString(36)}`;
    await chatWithGuide(page);
    await page.getByLabel('Message', { exact: true }).fill(subject);
    await page.keyboard.press('Enter');
    await finishedAnswer(page);
    const menu = async (item: string) => {
      const drawer = page.getByRole('button', { name: 'Menu' });
      if (await drawer.isVisible()) await drawer.click();
      await page.getByRole('button', { name: `More for ${subject}` }).first().click();
      await page.getByRole('menuitem', { name: item }).click();
    };

    let link = '';
    await test.step('make a link, and read the chat by it', async () => {
      await menu('Share');
      const dialog = page.getByRole('dialog', { name: 'Share this chat' });
      await dialog.getByLabel('The link works for').selectOption({ label: '7 days' });
      await dialog.getByRole('button', { name: 'Make a link' }).click();
      await dialog.getByRole('button', { name: 'Copy link' }).click();
      await expectAccessible(page);
      link = await page.evaluate(() => navigator.clipboard.readText());
      expect(link).toMatch(/\/shared\/[\w-]{32}$/);
      const reader = await context.newPage();
      await reader.setViewportSize(viewport);
      await reader.goto(link);
      await expect(reader.getByRole('heading', { name: subject })).toBeVisible();
      await expect(reader.getByRole('article')).toHaveCount(2);
      await expectAccessible(reader);
      await expect(reader.getByLabel('Message', { exact: true })).toHaveCount(0);
      await reader.close();
    });

    await test.step('revoke it', async () => {
      await page.getByRole('button', { name: 'Revoke link' }).click();
      await expect(page.getByText('/shared/')).toBeHidden();
      await page.keyboard.press('Escape');
      const reader = await context.newPage();
      await reader.setViewportSize(viewport);
      await reader.goto(link);
      await expect(reader.getByRole('heading', { name: 'This link does not work any more' })).toBeVisible();
      await expectAccessible(reader);
      await reader.close();
    });

    await test.step('as Markdown, and as JSON that comes in again', async () => {
      const save = async (item: string) => {
        const [download] = await Promise.all([page.waitForEvent('download'), menu(item)]);
        return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
      };
      const markdown = await save('As Markdown');
      expect(markdown.name).toBe(`${subject}.md`);
      expect(markdown.text).toContain(`# ${subject}`);
      const json = await save('As JSON');
      expect(json.name).toBe(`${subject}.json`);
      await page.goto('/settings');
      await page.getByLabel('Import a chat').setInputFiles({ name: 'broken.json', mimeType: 'application/json', buffer: Buffer.from('{') });
      await expect(page.getByRole('alert')).toContainText('broken.json is no chat');
      await page.getByLabel('Import a chat').setInputFiles({ name: json.name, mimeType: 'application/json', buffer: Buffer.from(json.text) });
      await expect(page.getByRole('article')).toHaveCount(2);
      if (device === 'phone') await page.getByRole('button', { name: 'Menu' }).click();
      await expect(page.getByRole('link', { name: subject })).toHaveCount(2);
    });
  });
}
