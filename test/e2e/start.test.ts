/** The start screen where IMDB is at hand: the lecture can be followed with generated reviews all the same. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, startServe, type Served } from './browser.ts';
import { openPage } from './page.ts';

let browser: Browser;
let served: Served;
let kerasHome: string;

beforeAll(async () => {
  kerasHome = mkdtempSync(join(tmpdir(), 'unroll-keras-'));
  mkdirSync(join(kerasHome, 'datasets'));
  // Found by its name; it would be read only if IMDB were chosen.
  writeFileSync(join(kerasHome, 'datasets/imdb.npz'), '');
  process.env.KERAS_HOME = kerasHome;
  [browser, served] = await Promise.all([launchBrowser(), startServe()]);
});
afterAll(async () => {
  delete process.env.KERAS_HOME;
  await browser.close();
  await served.stop();
  rmSync(kerasHome, { recursive: true, force: true });
});

test('generated reviews can be chosen though IMDB is there', async () => {
  const opened = await openPage(browser, served);
  const { page } = opened;
  await page.getByText(`IMDB reviews, found at ${join(kerasHome, 'datasets/imdb.npz')}.`).waitFor();
  await page.getByText('Data and length of the training').click();
  await page.getByLabel('Reviews').selectOption('Generated');
  await page.getByText('Generated English reviews with negation', { exact: false }).waitFor();
  expect(await page.getByLabel('IMDB file', { exact: true }).isDisabled()).toBe(true);
  await expectAccessible(page);
  await page.getByLabel('Training examples').fill('60');
  await page.getByLabel('Epochs').fill('1');
  await page.getByRole('button', { name: 'Follow the lecture' }).click();
  await page.getByText('generated-reviews, the same for both.').waitFor();
  await page.getByRole('button', { name: 'Compare', exact: true }).waitFor({ timeout: 60_000 });
  expect(opened.complaints).toEqual([]);
  await opened.close();
});
