/** The main job through the interface: IMDB from a file, both models of the lecture, side by side. */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, startServe, type Served } from './browser.ts';
import { expectAccessible } from './accessibility.ts';
import { openPage } from './page.ts';

const root = join(import.meta.dirname, '../..');
const IMDB = process.env.UNROLL_TEST_IMDB ?? join(root, '../shared/data/imdb.npz');
const there = existsSync(IMDB);
if (!there)
  console.warn(`SKIPPED: the lecture on IMDB, for want of ${IMDB} (UNROLL_TEST_IMDB names another place).`);

let browser: Browser;
let served: Served;
let kerasHome: string;

beforeAll(async () => {
  if (!there) return;
  kerasHome = mkdtempSync(join(tmpdir(), 'unroll-keras-'));
  process.env.KERAS_HOME = kerasHome;
  [browser, served] = await Promise.all([launchBrowser(), startServe()]);
});
afterAll(async () => {
  if (!there) return;
  delete process.env.KERAS_HOME;
  await browser.close();
  await served.stop();
  rmSync(kerasHome, { recursive: true, force: true });
});

test.skipIf(!there)(
  'IMDB reviews are imported by path, both models trained and compared',
  { timeout: 300_000 },
  async () => {
    const opened = await openPage(browser, served);
    const { page } = opened;
    await page.getByLabel('IMDB file', { exact: true }).fill(IMDB);
    await page.getByLabel('Training examples').fill('300');
    await page.getByLabel('Epochs').fill('2');
    await page.getByRole('button', { name: 'Follow the lecture' }).click();
    await page.getByRole('button', { name: 'Compare', exact: true }).click({ timeout: 240_000 });

    await page.getByText('Controlled comparison.').waitFor();
    const values = page.getByRole('row', { name: /^Validation accuracy, best/ });
    expect(
      await values
        .getByRole('cell')
        .filter({ hasText: /^[01]\.\d{4}/ })
        .count(),
    ).toBe(2);
    await page.getByRole('row', { name: /^Parameters 322,113 328,353/ }).waitFor();
    await page
      .getByRole('textbox', { name: 'Sentence' })
      .fill('a wonderful film, moving and beautifully acted');
    await page.getByRole('button', { name: 'Predict' }).click();
    // The word index lies beside the file, so the words come back as they were typed, a row each below the head.
    const words = page.getByRole('table', { name: /^Probability of/ });
    await words.getByRole('row', { name: /wonderful/ }).waitFor({ timeout: 60_000 });
    expect(await words.getByRole('row').count()).toBe(8);
    await expectAccessible(page);

    await opened.go('data');
    await page.getByText('50,000').first().waitFor();
    expect(opened.complaints).toEqual([]);
  },
);

test.skipIf(!there)(
  'while the lecture’s LSTM trains on all of IMDB, how far its gradient reaches back is shown and goes on',
  { timeout: 120_000 },
  async () => {
    const { page, complaints } = await openPage(browser, served);
    await page.evaluate("window.location.hash = '#/train?data=imdb&model=lecture-lstm'");
    await page.getByLabel('epochs', { exact: true }).fill('30');
    await page.getByRole('button', { name: 'Start training' }).click();
    await page.waitForURL(/#\/runs\//);
    await page.getByRole('tab', { name: 'Gradient and memory' }).click();
    const chart = page.getByRole('img', { name: /^Norm of dLoss\/dh and dLoss\/dc at epoch \d+, batch \d+/ });
    await chart.waitFor({ timeout: 60_000 });
    const first = await chart.getAttribute('aria-label');
    expect(first).toMatch(/lstm \(LSTM\) h: .*lstm \(LSTM\) c: /);
    await expect.poll(() => chart.getAttribute('aria-label'), { timeout: 60_000 }).not.toBe(first);
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.locator('main header').first().getByText('stopped').waitFor();
    expect(complaints).toEqual([]);
  },
);
