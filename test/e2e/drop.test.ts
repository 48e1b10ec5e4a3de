/** Files dropped on the window: runs and models are opened wherever they fall, and nothing else makes the page go away. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, startServe, type Served } from './browser.ts';
import { openPage, type Opened } from './page.ts';

const folder = mkdtempSync(join(tmpdir(), 'unroll-test-'));
const files = {
  model: join(import.meta.dirname, '../fixtures/models/options.keras'),
  run: join(folder, 'sent.unroll'),
};
let browser: Browser;
let served: Served;
let opened: Opened;

beforeAll(async () => {
  [browser, served] = await Promise.all([launchBrowser(), startServe(join(folder, 'workspace'))]);
  served.unroll('data', 'generate', 'recall', '--examples', '80', '--length', '12');
  served.unroll(
    ...['train', '--model', 'gru', '--data', 'recall', '--name', 'sent', '--epochs', '1', '--maxlen', '12'],
  );
  served.unroll('export', 'sent', '--format', 'run', '--out', files.run);
  opened = await openPage(browser, served);
});
afterAll(async () => {
  await browser.close();
  await served.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Lets a file fall on the middle of the screen, as the system does. Answers whether the page kept the browser from opening it. */
const drop = (path: string): Promise<boolean> =>
  opened.page.evaluate(
    ({ name, bytes }) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([Uint8Array.from(bytes)], name));
      const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
      return !document.querySelector('main > *')!.dispatchEvent(event);
    },
    { name: basename(path), bytes: [...readFileSync(path)] },
  );
const address = () => opened.page.evaluate(() => window.location.hash);

test('a model is opened in the builder, also where data is dropped, and a run on its page', async () => {
  await opened.go('data');
  expect(await drop(files.model)).toBe(true);
  await expect.poll(address, { timeout: 10_000 }).toMatch(/^#\/build/);
  await opened.page.getByText(/^Imported .+ weights/).waitFor();
  await opened.go('start');
  expect(await drop(files.run)).toBe(true);
  await expect.poll(address, { timeout: 10_000 }).toMatch(/^#\/runs\/.+/);
  expect(opened.complaints).toEqual([]);
});

test('anything else is refused with a word, and the page stays', async () => {
  await opened.go('runs');
  expect(await drop('package.json')).toBe(true);
  const refused = opened.page.getByText('drop data on Data');
  await refused.waitFor();
  expect(await address()).toBe('#/runs');
  // It is in the way of what the user goes on to.
  await opened.go('start');
  await refused.waitFor({ state: 'detached', timeout: 5_000 });
});
