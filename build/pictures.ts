/**
 * `npm run pictures`: takes the guide's pictures of the running application, into `docs/pictures`: a fresh workspace, made-up
 * reviews, the lecture's two models trained for a few epochs.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { launchBrowser, startServe } from '../test/e2e/browser.ts';
import { openPage } from '../test/e2e/page.ts';
import { build } from './build.ts';
import { root, targets } from './targets.ts';

const SIZE = { width: 1280, height: 800 };
/** Charts draw and texts load a little after the page is there. */
const SETTLED_MS = 1500;

await build(targets);
const folder = join(root, 'docs/pictures');
mkdirSync(folder, { recursive: true });
const place = mkdtempSync(join(tmpdir(), 'unroll-'));
const served = await startServe(join(place, 'Unroll'));
const browser = await launchBrowser();
try {
  served.unroll('data', 'generate', 'sentiment', '--name', 'reviews', '--examples', '3000');
  const ids = ['lecture-simple-rnn', 'lecture-lstm'].map((model) => {
    const printed = served.unroll(
      ...['--json', 'train', '--model', model, '--data', 'reviews', '--epochs', '6', '--maxlen', '60'],
    );
    return (JSON.parse(printed.split('\n')[0]!) as { run: string }).run;
  });
  const places: Readonly<Record<string, string>> = {
    start: 'start',
    data: 'data/reviews',
    build: 'build/lecture-lstm',
    train: 'train?model=lecture-lstm&data=reviews',
    runs: 'runs',
    run: `runs/${ids[1]}`,
    compare: `compare?runs=${ids.join(',')}`,
    settings: 'settings',
  };
  const { page, close } = await openPage(browser, served, SIZE);
  for (const [name, at] of Object.entries(places)) {
    await page.evaluate((hash) => (window.location.hash = hash), `#/${at}`);
    await page.waitForTimeout(SETTLED_MS);
    // The configuration names the machine it ran on.
    if (name === 'run') await page.getByRole('tab', { name: 'Model' }).click();
    await page.waitForTimeout(SETTLED_MS);
    await page.screenshot({ path: join(folder, `${name}.png`) });
  }
  await close();
} finally {
  await browser.close();
  await served.stop();
  rmSync(place, { recursive: true, force: true });
}
