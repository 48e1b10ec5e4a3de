/**
 * `npm run pictures [-- NAME…]`: takes the guide's and README's pictures of the running application, all or those named, into
 * `docs/pictures`: a fresh workspace, made-up reviews, the lecture's two models trained for a few epochs.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser, startServe, type Served } from '../test/e2e/browser.ts';
import { openPage } from '../test/e2e/page.ts';
import { build } from './build.ts';
import { buildPictures } from './pictures/build.ts';
import type { Picture } from './pictures/picture.ts';
import { screenPictures } from './pictures/screens.ts';
import { root, targets } from './targets.ts';

const pictures = [...screenPictures, ...buildPictures];
/** Charts draw and texts load a little after the page is there. */
const SETTLED_MS = 1500;

/** The lecture's two models on made-up reviews. @returns the runs' ids */
function trainLecture({ unroll }: Served): string[] {
  unroll('data', 'generate', 'sentiment', '--name', 'reviews', '--examples', '3000');
  return ['lecture-simple-rnn', 'lecture-lstm'].map((model) => {
    const printed = unroll(
      ...['--json', 'train', '--model', model, '--data', 'reviews', '--epochs', '6', '--maxlen', '60'],
    );
    return (JSON.parse(printed.split('\n')[0]!) as { run: string }).run;
  });
}

async function take(
  browser: Browser,
  served: Served,
  runs: readonly string[],
  { name, theme, size, shows, arrange }: Picture,
): Promise<void> {
  const { page, go, close } = await openPage(browser, served, { theme, ...size });
  try {
    await arrange({ page, go, served, runs });
    await page.waitForTimeout(SETTLED_MS);
    await page.locator('[data-sonner-toast]').waitFor({ state: 'detached' });
    const path = join(root, 'docs/pictures', `${name}.png`);
    await (shows === 'window' ? page : page.locator('main')).screenshot({ path, animations: 'disabled' });
    console.log(`docs/pictures/${name}.png`);
  } finally {
    await close();
  }
}

const names = process.argv.slice(2);
const unknown = names.find((name) => !pictures.some((picture) => picture.name === name));
if (unknown !== undefined) {
  process.stderr.write(
    `There is no picture ${unknown}; there are ${pictures.map(({ name }) => name).join(', ')}.\n`,
  );
  process.exit(2);
}
await build(targets);
mkdirSync(join(root, 'docs/pictures'), { recursive: true });
const place = mkdtempSync(join(tmpdir(), 'unroll-'));
// Its name stands in the window's frame.
const served = await startServe(join(place, 'Unroll'));
const browser = await launchBrowser();
try {
  const runs = trainLecture(served);
  for (const picture of pictures)
    if (names.length === 0 || names.includes(picture.name)) await take(browser, served, runs, picture);
} finally {
  await browser.close();
  await served.stop();
  rmSync(place, { recursive: true, force: true });
}
