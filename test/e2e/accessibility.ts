/** What every screen is held to: no finding of axe, in the light and in the dark theme. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** Notices fade in and out, so that their contrast depends on the moment. */
const NOTICES = '[data-sonner-toaster]';

export async function expectAccessible(page: Page): Promise<void> {
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    const { violations } = await new AxeBuilder({ page }).exclude(NOTICES).analyze();
    const found = violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`,
    );
    expect(found, `${colorScheme} theme`).toEqual([]);
  }
}
