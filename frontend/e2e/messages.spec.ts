import { expectAccessible } from './accessible';
import { ask, chatWithGuide, expect, finishedAnswer, script, test } from './fixtures';
import { call } from './users';

const RICH = `## Tides

| Harbour | High | Low |
|---|---|---|
| Port Maren | 9:40 | 15:55 |
| Kelpie Island | 10:05 | 16:20 |

The height is $h(t) = a\\cos(\\omega t)$, so that

$$\\int_0^T h(t)\\,dt = 0.$$

\`\`\`rust
fn height(t: f64) -> f64 {
    1.4 * (0.5 * t).cos()
}
\`\`\`

\`\`\`mermaid
flowchart LR
  Moon[Moon] --> Tide[Tide] --> Ferry[Ferry]
\`\`\`

1. Look at the table.
2. Take the <b onclick="alert(1)">ferry</b>. <img src="https://example.com/spy.png">
`;

const sizes = { desktop: { width: 1440, height: 900 }, phone: { width: 390, height: 844 } };

for (const [device, viewport] of Object.entries(sizes)) {
  test(`an answer may have tables, code, formulas and diagrams, on a ${device}`, async ({ user: page }) => {
    await page.setViewportSize(viewport);
    const elsewhere: string[] = [];
    page.on('request', (request) => { if (/^http/.test(request.url()) && !request.url().startsWith(new URL(page.url()).origin)) elsewhere.push(request.url()); });
    await chatWithGuide(page);
    await script(page, { text: RICH, reasoning: 'The user asks about **tides**. I shall draw them.', pace_ms: 5 });
    await ask(page, 'How do the tides run?');
    const answer = await finishedAnswer(page);

    await test.step('all of it is drawn', async () => {
      await expect(answer.getByRole('cell', { name: 'Kelpie Island' })).toBeVisible();
      await expect(answer.locator('.katex')).toHaveCount(2);
      await expect(answer.locator('pre span[class]').first()).toBeVisible();
      const diagram = answer.getByRole('img', { name: 'Diagram' });
      await expect(diagram).toBeVisible();
      expect(await diagram.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(100);
      await answer.getByRole('button', { name: 'Show code' }).click();
      await expect(answer.getByText('Moon[Moon]')).toBeVisible();
      await answer.getByRole('button', { name: 'Show diagram' }).click();
      await expect(diagram).toBeVisible();
    });

    await test.step('what is no Markdown stays text, and nothing is fetched from elsewhere', async () => {
      await expect(answer).toContainText('<b onclick="alert(1)">ferry</b>');
      await expect(answer.locator('[onclick]')).toHaveCount(0);
      expect(elsewhere).toEqual([]);
    });

    await test.step('what it was made of is folded', async () => {
      await expect(answer.getByText('I shall draw them.')).toHaveCount(0);
      await answer.locator('summary', { hasText: 'Reasoning' }).click();
      await expect(answer.getByText('I shall draw them.')).toBeVisible();
      await answer.locator('summary', { hasText: 'Reasoning' }).click();
      await answer.locator('summary', { hasText: 'Searched' }).click();
      const found = answer.getByRole('list', { name: 'Passages found' }).getByRole('button');
      await found.first().click();
      await expect(page.getByRole('dialog', { name: 'Passage 1' })).toBeVisible();
      await page.keyboard.press('Escape');
      await expect(found.first()).toBeFocused();
    });

    await test.step('tokens and cost, when they are asked for', async () => {
      await answer.getByRole('button', { name: 'Tokens' }).click();
      await expect(page.getByRole('dialog', { name: 'Tokens of this answer' })).toContainText(/Cost\s*\$0\.\d+/);
      await page.keyboard.press('Escape');
    });

    await expectAccessible(page);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await answer.getByRole('img', { name: 'Diagram' }).scrollIntoViewIfNeeded();
      await page.screenshot({ path: `test-results/gallery/${device}-${colorScheme}-answer.png` });
    }
  });
}

test('code is copied as it is', async ({ user: page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await chatWithGuide(page);
  await script(page, { text: '```python\nif tide:\n    sail()\n```\n' });
  await ask(page, 'Code?');
  const answer = await finishedAnswer(page);
  await answer.getByRole('button', { name: 'Copy', exact: true }).click();
  await expect(answer.getByRole('button', { name: 'Copied' })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('if tide:\n    sail()');
});

test('a finished answer is read out once', async ({ user: page }) => {
  await chatWithGuide(page);
  const spoken = page.locator('[aria-live=polite].sr-only');
  await spoken.evaluate((region) => {
    const said: string[] = [];
    Object.assign(globalThis, { said });
    new MutationObserver(() => { if (region.textContent) said.push(region.textContent); }).observe(region, { childList: true, subtree: true, characterData: true });
  });
  await script(page, { text: 'The ferry leaves at dawn, when the tide is high.' });
  await ask(page, 'When?');
  await finishedAnswer(page);
  await expect(spoken).toContainText('The ferry leaves at dawn, when the tide is high.');
  expect(await page.evaluate(() => (globalThis as unknown as { said: string[] }).said)).toEqual(['Mangoo guideThe ferry leaves at dawn, when the tide is high.']);
});

test('only what is in view of a long chat is on the page, and a found message is shown wherever it is', async ({ user: page }) => {
  const ids: string[] = Array.from({ length: 400 }, () => crypto.randomUUID());
  const created_at = new Date().toISOString();
  const said = (index: number) => (index === 20 ? 'The narwhal waits at pier seven.' : `Message number ${index}.`);
  const messages = ids.map((id, index) => ({ id, parent_id: index === 0 ? null : ids[index - 1], role: index % 2 === 0 ? 'user' : 'assistant', content: said(index), created_at }));
  // A branch of its own, which is not the one that is shown.
  const walrus: string = crypto.randomUUID();
  messages.splice(100, 0, { id: walrus, parent_id: ids[99] ?? null, role: 'user', content: 'And the walrus?', created_at }, { id: crypto.randomUUID(), parent_id: walrus, role: 'assistant', content: 'The walrus sleeps.', created_at });
  const { id } = (await call(page, 'POST', '/chats/import', { format: 'mangoo-chat', version: 1, title: 'Sea animals', messages })) as { id: string };
  await page.goto(`/chat/${id}`);
  await expect(page.getByText('Message number 399.')).toBeInViewport();
  expect(await page.getByRole('article').count()).toBeLessThan(60);

  const find = async (words: string) => {
    await page.keyboard.press('Control+k');
    await page.getByRole('combobox', { name: 'Search' }).fill(words);
    await page.getByRole('group', { name: 'Messages' }).getByRole('option').first().click();
  };
  await test.step('far above', async () => {
    await find('narwhal');
    await expect(page.getByText(said(20))).toBeInViewport();
    await expect(page.getByText('Message number 399.')).toHaveCount(0);
    await expect(page.locator(':focus')).toContainText('narwhal');
    await expect(page).toHaveURL(/\/chat\/[0-9a-f-]{36}$/);
  });

  await test.step('to the newest, and up again by the wheel', async () => {
    await page.getByRole('button', { name: 'To the newest message' }).click();
    await expect(page.getByText('Message number 399.')).toBeInViewport();
    await expect(page.getByRole('button', { name: 'To the newest message' })).toBeHidden();
    await page.getByText('Message number 399.').hover();
    await page.mouse.wheel(0, -3000);
    await expect(page.getByRole('button', { name: 'To the newest message' })).toBeVisible();
  });

  await test.step('on another branch', async () => {
    await find('walrus sleeps');
    await expect(page.getByText('The walrus sleeps.')).toBeInViewport();
    await expect(page.getByText('And the walrus?')).toBeVisible();
    await expect(page.getByText('Message number 102.')).toHaveCount(0);
  });
});
