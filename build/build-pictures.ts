/** `node build/build-pictures.ts [NAME]…`: takes README's pictures of Build anew, from the running application, into docs/pictures. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser, startServe, type Served } from '../test/e2e/browser.ts';
import { openPage } from '../test/e2e/page.ts';
import { buildPictures } from './pictures/build.ts';
import type { Picture } from './pictures/picture.ts';
import { root } from './targets.ts';

const folder = join(root, 'docs/pictures');

/** The screen alone: the frame around it would tell of this machine and its workspace. */
async function take(
  browser: Browser,
  served: Served,
  { name, theme, size, arrange }: Picture,
): Promise<void> {
  const { page, go, close } = await openPage(browser, served, { theme, ...size });
  try {
    await arrange({ page, go, served });
    // What follows an edit is there by then, and notices are gone.
    await page.waitForTimeout(600);
    await page.locator('[data-sonner-toast]').waitFor({ state: 'detached' });
    await page.locator('main').screenshot({ path: join(folder, `${name}.png`), animations: 'disabled' });
    console.log(`docs/pictures/${name}.png`);
  } finally {
    await close();
  }
}

const wanted = process.argv.slice(2);
mkdirSync(folder, { recursive: true });
const [browser, served] = await Promise.all([launchBrowser(), startServe()]);
try {
  for (const picture of buildPictures)
    if (wanted.length === 0 || wanted.includes(picture.name)) await take(browser, served, picture);
} finally {
  await browser.close();
  await served.stop();
}
