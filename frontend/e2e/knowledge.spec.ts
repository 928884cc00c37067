import { expectAccessible } from './accessible';
import { expect, finishedAnswer, test } from './fixtures';

const HANDBOOK = `# Handbook

## Travel

${'People travel by train where they can, and tell their team before they leave. '.repeat(40)}

## Keys

The red key opens the archive on the third floor. It hangs behind the porter's desk.

## Lunch

${'Lunch is at noon, and the soup is free of charge for everybody who asks for it. '.repeat(40)}
`;

for (const [device, viewport] of Object.entries({ desktop: { width: 1280, height: 800 }, phone: { width: 390, height: 844 } })) {
  test(`documents are uploaded, read, opened where they are cited, and deleted, on a ${device}`, async ({ user: page }) => {
    await page.setViewportSize(viewport);
    const stamp = Date.now().toString(36);
    const [base, bot] = [`Papers ${stamp}`, `Porter ${stamp}`];
    const row = (name: string) => page.getByRole('list', { name: 'Documents' }).getByRole('listitem').filter({ hasText: name });

    await test.step('make a knowledge base and share it', async () => {
      await page.goto('/knowledge');
      await page.getByRole('button', { name: 'New knowledge base' }).first().click();
      await page.getByLabel('Name').fill(base);
      await page.getByLabel('Language').selectOption('english');
      await expectAccessible(page);
      await page.getByRole('button', { name: 'Make it' }).click();
      await expect(page.getByRole('heading', { name: base })).toBeVisible();
      await page.getByRole('button', { name: 'Change' }).click();
      await page.getByRole('switch', { name: 'Share with everybody here' }).click();
      await page.getByRole('button', { name: 'Save' }).click();
      await expect(page.getByText('shared with everybody here')).toBeVisible();
    });

    await test.step('upload several files, one of which is no document', async () => {
      await page.getByLabel('Files').setInputFiles([
        { name: 'handbook.md', mimeType: 'text/markdown', buffer: Buffer.from(HANDBOOK) },
        { name: 'prices.csv', mimeType: 'text/csv', buffer: Buffer.from('item,price\nkey ring,3\nlantern,12\n') },
        { name: 'photo.pdf', mimeType: 'application/pdf', buffer: Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]) },
        { name: 'empty.txt', mimeType: 'text/plain', buffer: Buffer.alloc(0) },
      ]);
      await expect(row('handbook.md')).toContainText(/Markdown · .* passages/);
      await expect(row('prices.csv')).toContainText('CSV');
      await expect(row('photo.pdf')).toContainText('This is an image.');
      await expect(row('empty.txt').getByRole('alert')).toHaveText('This file is empty.');
      await expectAccessible(page);
      await row('empty.txt').getByRole('button', { name: 'Forget empty.txt' }).click();
      await expect(row('empty.txt')).toBeHidden();
    });

    await test.step('drop one', async () => {
      const files = await page.evaluateHandle(() => {
        const transfer = new DataTransfer();
        transfer.items.add(new File(['The blue key opens the boat house.'], 'keys.txt', { type: 'text/plain' }));
        return transfer;
      });
      const place = page.getByText('or drop them here').locator('..');
      await place.dispatchEvent('dragover', { dataTransfer: files });
      await place.dispatchEvent('drop', { dataTransfer: files });
      await expect(row('keys.txt')).toContainText('1 passage');
    });

    await test.step('add an address that is not public', async () => {
      await page.getByLabel('Web address').fill('http://127.0.0.1:8000/');
      await page.getByRole('button', { name: 'Add', exact: true }).click();
      await expect(page.getByRole('alert')).toContainText('no address on the public web');
    });

    await test.step('preview what was read, and try what failed again', async () => {
      await row('handbook.md').getByRole('button', { name: 'handbook.md', exact: true }).click();
      await expect(page.getByRole('dialog').getByRole('region', { name: 'Text' })).toContainText('The red key opens the archive');
      await expectAccessible(page);
      await page.keyboard.press('Escape');
      await row('photo.pdf').getByRole('button', { name: 'Retry' }).click();
      await expect(row('photo.pdf')).toContainText('This is an image.');
      await row('photo.pdf').getByRole('button', { name: 'More on photo.pdf' }).click();
      await page.getByRole('menuitem', { name: 'Delete' }).click();
      await page.getByRole('button', { name: 'Delete document' }).click();
      await expect(row('photo.pdf')).toBeHidden();
      await page.reload();
      await expect(row('handbook.md')).toBeVisible();
      await expect(row('photo.pdf')).toBeHidden();
    });

    await test.step('ask a bot, and open the citation in its document', async () => {
      await page.goto('/bots');
      await page.getByRole('link', { name: 'New bot' }).first().click();
      await page.getByLabel('Name', { exact: true }).fill(bot);
      await page.getByLabel('Instructions').fill('You know about keys.');
      await page.getByRole('switch', { name: 'Answer from knowledge bases' }).click();
      await page.getByRole('checkbox', { name: base }).check();
      await expect(page.getByLabel('Model')).not.toHaveValue('');
      await page.getByRole('button', { name: 'Make the bot' }).click();
      await expect(page.getByRole('heading', { name: bot })).toBeVisible();
      await page.goto('/chat');
      await page.getByRole('button', { name: /^Bot:/ }).click();
      await page.getByRole('menuitem', { name: bot }).click();
      await page.getByLabel('Message', { exact: true }).fill('Which key opens the archive on the third floor?');
      await page.keyboard.press('Enter');
      const answer = await finishedAnswer(page);
      await answer.getByRole('button', { name: /^Source \d+: handbook.md/ }).first().click();
      const passage = page.getByRole('dialog', { name: /^Passage/ });
      await expect(passage).toContainText('Handbook ›');
      await passage.getByRole('button', { name: 'Show in its document' }).click();
      await expect(passage.locator('mark')).toContainText('The red key opens the archive on the third floor');
      // What stands before it in the document.
      await expect(passage).toContainText('People travel by train');
      await expect(passage.locator('mark')).toBeInViewport();
      await expectAccessible(page);
    });
  });
}
