/** The start screen where IMDB is at hand: the lecture can be followed with generated reviews all the same. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, startServe, type Served } from './browser.ts';
import { holdBack, openPage } from './page.ts';

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
  await page.getByLabel('Training examples').fill('abc');
  await page.getByText('abc is not a number.').waitFor();
  expect(await page.getByRole('button', { name: 'Follow the lecture' }).isDisabled()).toBe(true);
  await page.getByLabel('Training examples').fill('60');
  await page.getByLabel('Epochs').fill('1');
  await page.getByRole('button', { name: 'Follow the lecture' }).click();
  await page.getByText('generated-reviews, the same for both.').waitFor();
  await page.getByRole('button', { name: 'Compare', exact: true }).waitFor({ timeout: 60_000 });
  expect(opened.complaints).toEqual([]);
  await opened.close();
});

test('a lecture that is followed can be stopped and begun again', async () => {
  const opened = await openPage(browser, served);
  const { page } = opened;
  await page.getByText('Data and length of the training').click();
  await page.getByLabel('Reviews').selectOption('Generated');
  await page.getByLabel('Training examples').fill('60');
  await page.getByLabel('Epochs').fill('10000');
  await page.getByRole('button', { name: 'Follow the lecture' }).click();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await page.getByRole('button', { name: 'Again' }).click();
  await page.getByRole('button', { name: 'Follow the lecture' }).waitFor();
  await opened.close();
});

test('what Start asks for and is answered only after it was left, it does nothing with', async () => {
  const opened = await openPage(browser, served);
  const { page, go } = opened;
  const warnings: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'warning') warnings.push(message.text());
  });
  await go('runs');
  const release = await holdBack(page);
  await go('start');
  await page.getByRole('heading', { name: 'Follow the lecture' }).waitFor();
  await go('runs');
  await page.getByRole('heading', { name: 'Follow the lecture' }).waitFor({ state: 'detached' });
  await release();
  await go('start');
  await page.getByText('IMDB reviews, found at').waitFor();
  expect(warnings).toEqual([]);
  await opened.close();
});

test('a file dropped on Start becomes a data set', async () => {
  const opened = await openPage(browser, served);
  const { page } = opened;
  await page.getByRole('heading', { name: 'Bring your data' }).waitFor();
  await page.evaluate(() => {
    const rows = ['a fine film,good', 'a dull film,bad'];
    const text = ['review,sentiment', ...Array.from({ length: 20 }, (_, row) => rows[row % 2])].join('\n');
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], 'dropped.csv'));
    const event = new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true });
    document.querySelector('h1')!.dispatchEvent(event);
  });
  await page.getByRole('heading', { level: 1, name: 'dropped' }).waitFor();
  await opened.close();
});
