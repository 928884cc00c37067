import { expectAccessible } from './accessible';
import { chatWithGuide, expect, finishedAnswer, test } from './fixtures';

for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 844 }]) {
  test(`questions are asked otherwise and answers generated again, ${viewport.width} px wide`, async ({ user: page }) => {
    await page.setViewportSize(viewport);
    await chatWithGuide(page);
    await page.getByLabel('Message', { exact: true }).fill('What is a bot?');
    await page.keyboard.press('Enter');
    let answer = await finishedAnswer(page);

    await test.step('another answer, and back to the first', async () => {
      await answer.getByRole('button', { name: 'Answer again' }).click();
      const alternatives = page.getByRole('group', { name: 'Alternatives' });
      await expect(alternatives).toContainText('2/2');
      answer = await finishedAnswer(page);
      await alternatives.getByRole('button', { name: 'The one before' }).click();
      await expect(alternatives).toContainText('1/2');
      await expect(alternatives.getByRole('button', { name: 'The next one' })).toBeFocused();
      await expect(page.getByRole('article')).toHaveCount(2);
    });

    await test.step('another question in its place', async () => {
      const question = page.getByRole('article', { name: 'You' });
      await question.hover();
      await question.getByRole('button', { name: 'Edit' }).click();
      const editor = page.getByLabel('Edit the question');
      await expect(editor).toBeFocused();
      await expect(editor).toHaveValue('What is a bot?');
      await expectAccessible(page);
      await editor.fill('What is a knowledge base?');
      // What is refused goes on being edited, and is nowhere else.
      await page.route('**/chat/stream', (route) => route.fulfill({ status: 503 }), { times: 1 });
      await page.keyboard.press('Enter');
      await expect(page.getByRole('alert')).toBeVisible();
      await expect(editor).toHaveValue('What is a knowledge base?');
      await expect(page.getByLabel('Message', { exact: true })).toHaveValue('');
      await editor.press('Enter');
      await expect(page.getByText('What is a knowledge base?')).toBeVisible();
      await finishedAnswer(page);
      await expect(page.getByRole('article')).toHaveCount(2);
      await expect(question.getByRole('group', { name: 'Alternatives' })).toContainText('2/2');
    });

    await test.step('nothing is lost by it', async () => {
      await page.reload();
      const question = page.getByRole('article', { name: 'You' });
      await expect(question).toContainText('What is a knowledge base?');
      await question.getByRole('button', { name: 'The one before' }).click();
      await expect(question).toContainText('What is a bot?');
      await expect(page.getByRole('article').last().getByRole('group', { name: 'Alternatives' })).toContainText('2/2');
    });

    await test.step('an answer is rated, with a reason', async () => {
      const last = page.getByRole('article').last();
      await last.getByRole('button', { name: 'Good answer' }).click();
      await expect(last.getByRole('button', { name: 'Good answer' })).toHaveAttribute('aria-pressed', 'true');
      await last.getByRole('button', { name: 'Bad answer' }).click();
      const dialog = page.getByRole('dialog', { name: 'What was wrong?' });
      await dialog.getByRole('button', { name: 'Something is missing' }).click();
      await expectAccessible(page);
      await dialog.getByRole('button', { name: 'Send' }).click();
      await expect(dialog).toBeHidden();
      await page.reload();
      await expect(page.getByRole('article').last().getByRole('button', { name: 'Bad answer' })).toHaveAttribute('aria-pressed', 'true');
    });
  });
}
