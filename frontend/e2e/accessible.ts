import AxeBuilder from '@axe-core/playwright';
import { expect, type Page } from '@playwright/test';

/** WCAG 2.2, levels A and AA. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22a', 'wcag22aa'];

/** Holds the page as it is now to WCAG 2.2 AA, light and dark unless told. (For a user who left the theme to the system.) */
export async function expectAccessible(page: Page, schemes: ('dark' | 'light')[] = ['dark', 'light']) {
  for (const colorScheme of schemes) {
    await page.emulateMedia({ colorScheme });
    // Colours change within a moment.
    await page.evaluate(() => Promise.all(document.getAnimations().map(({ finished }) => finished.catch(() => undefined))));
    const { violations } = await new AxeBuilder({ page }).withTags(TAGS).analyze();
    const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html, failureSummary = '' }) => `${html}\n  ${failureSummary}`).join('\n')}`);
    expect(found, `what axe finds, ${colorScheme}`).toEqual([]);
  }
}
