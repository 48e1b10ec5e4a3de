/** A run is taken home through the interface: chosen, written, verified and told, or cancelled. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, startServe, type Served } from './browser.ts';
import { holdBack, openPage, type Opened } from './page.ts';

let browser: Browser;
let folder: string;
let target: string;
let served: Served;
let opened: Opened;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-test-'));
  target = join(folder, 'exports');
  mkdirSync(target);
  [browser, served] = await Promise.all([launchBrowser(), startServe(join(folder, 'workspace'))]);
  served.unroll('data', 'generate', 'sentiment', '--name', 'reviews', '--examples', '80');
  const settings = ['--maxlen', '20', '--epochs', '1', '--num-words', '200'];
  served.unroll('train', '--model', 'gru', '--data', 'reviews', '--name', 'my gru', ...settings);
  opened = await openPage(browser, served);
});
afterAll(async () => {
  await browser?.close();
  await served?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a folder that is named before the usual one is known stays the named one', async () => {
  const { page, go } = opened;
  await go('runs');
  await page.getByText('my gru').first().dblclick();
  await page.getByRole('button', { name: 'Export …' }).waitFor();
  const release = await holdBack(page);
  await page.getByRole('button', { name: 'Export …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export my gru' });
  const field = dialog.getByRole('textbox', { name: 'Folder', exact: true });
  await field.fill(folder);
  await release();
  expect(await field.inputValue()).toBe(folder);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
});

test('a run is exported, and the window tells what was written and how it was checked', async () => {
  const { page, complaints } = opened;
  await page.getByRole('button', { name: 'Export …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export my gru' });
  await dialog.getByRole('textbox', { name: 'Folder', exact: true }).fill(target);
  await dialog.getByRole('radio', { name: /^ONNX/ }).check();
  await expect
    .poll(() => dialog.getByRole('textbox', { name: 'File name' }).inputValue())
    .toBe('my gru.onnx');
  await expectAccessible(page);
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  const result = dialog.getByRole('region', { name: 'Result' });
  await result.getByText('loaded and predicted with by ONNX Runtime').waitFor();
  await result.getByText(/largest difference in probability/).waitFor();
  await expectAccessible(page);
  expect(readdirSync(target)).toEqual(['my gru.onnx']);

  // A file that is there gives way only to who says so.
  await dialog.getByRole('button', { name: 'Export another' }).click();
  const fileName = dialog.getByRole('textbox', { name: 'File name' });
  await fileName.fill('../my gru.onnx');
  await dialog.getByText('A name without / and').waitFor();
  expect(await dialog.getByRole('button', { name: 'Export', exact: true }).isDisabled()).toBe(true);
  await fileName.fill('my gru.onnx');
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await dialog.getByRole('alert').getByText('my gru.onnx is there already.').waitFor();
  await dialog.getByRole('button', { name: 'Replace it' }).click();
  await result.getByText('loaded and predicted with by ONNX Runtime').waitFor();

  await dialog.getByRole('button', { name: 'Export another' }).click();
  await dialog.getByRole('radio', { name: /^TensorFlow/ }).check();
  await expect
    .poll(() => dialog.getByRole('textbox', { name: 'Name of the new folder' }).inputValue())
    .toBe('my gru-tfjs');
  // So does a folder that is such an export.
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await result.getByText(/which it needs since TensorFlow.js has no GRU with reset_after/).waitFor();
  expect(await result.locator('svg.lucide-circle-check').count()).toBe(1);
  await dialog.getByRole('button', { name: 'Export another' }).click();
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await dialog.getByRole('alert').getByText('my gru-tfjs is there already.').waitFor();
  await dialog.getByRole('button', { name: 'Replace it' }).click();
  await result.getByText('my gru-tfjs').first().waitFor();

  // What was not checked has no tick.
  await dialog.getByRole('button', { name: 'Export another' }).click();
  await dialog.getByRole('radio', { name: /^R / }).check();
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await result.getByText(/code is written, not run, and cannot fit without train_my gru_data\.npz/).waitFor();
  expect(await result.locator('svg.lucide-circle-check').count()).toBe(0);

  await dialog.getByRole('button', { name: 'Export another' }).click();
  await dialog.getByRole('radio', { name: /^TensorFlow/ }).check();
  await dialog.getByRole('textbox', { name: 'Folder', exact: true }).fill(join(folder, 'nowhere'));
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await dialog.getByRole('alert').getByText('nowhere').waitFor();
  expect(existsSync(join(folder, 'nowhere'))).toBe(false);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  expect(complaints).toEqual([]);
});

test('an export that is cancelled leaves nothing behind, and says so', async () => {
  const { page, complaints } = opened;
  const before = readdirSync(target);
  await page.getByRole('button', { name: 'Export …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export my gru' });
  await dialog.getByRole('radio', { name: /^Python/ }).check();
  await expect
    .poll(() => dialog.getByRole('textbox', { name: 'File name' }).inputValue())
    .toBe('train_my gru.py');
  await dialog.getByRole('checkbox', { name: /^With the examples of its data, to fit it/ }).check();
  await dialog.getByRole('radio', { name: /^R / }).check();
  await expect
    .poll(() => dialog.getByRole('textbox', { name: 'File name' }).inputValue())
    .toBe('train_my gru.R');
  await dialog.getByRole('radio', { name: /^Bundle/ }).check();
  await dialog.getByRole('textbox', { name: 'Folder', exact: true }).fill(target);
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await dialog.getByRole('progressbar').waitFor();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await dialog.getByText('Cancelled; nothing was written.').waitFor();
  expect(readdirSync(target)).toEqual(before);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  expect(complaints).toEqual([]);
});

test('an export goes on where its window is closed, and a notice tells its end and leads back to it', async () => {
  const { page, go, complaints } = opened;
  await page.getByRole('button', { name: 'Export …' }).click();
  const dialog = page.getByRole('dialog', { name: 'Export my gru' });
  await dialog.getByRole('textbox', { name: 'Folder', exact: true }).fill(target);
  await dialog.getByRole('radio', { name: /^Keras/ }).check();
  await dialog.getByRole('button', { name: 'Export', exact: true }).click();
  await dialog.getByRole('progressbar').waitFor();
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  await go('start');
  const notice = page.getByRole('listitem').filter({ hasText: 'my gru is exported.' });
  await notice.getByText(/my gru\.keras, .+ largest difference in probability is/).waitFor();
  await notice.getByRole('button', { name: 'Show' }).click();
  await dialog.getByRole('region', { name: 'Result' }).getByText('my gru.keras').first().waitFor();
  await notice.waitFor({ state: 'detached' });
  await dialog.getByRole('button', { name: 'Done' }).click();

  // One that fails says so as well, and shows again what was asked for.
  await page.getByRole('button', { name: 'Export …' }).click();
  await dialog.getByRole('radio', { name: /^Keras/ }).check();
  // In one turn, since it fails at once.
  await dialog.getByRole('button', { name: 'Export', exact: true }).evaluate((button: HTMLElement) => {
    button.click();
    button.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }));
  });
  const failure = page.getByRole('listitem').filter({ hasText: 'my gru was not exported.' });
  await failure.getByText('my gru.keras is there already.').waitFor();
  await failure.getByRole('button', { name: 'Show' }).click();
  await dialog.getByRole('alert').getByText('my gru.keras is there already.').waitFor();
  await dialog.getByRole('textbox', { name: 'Folder', exact: true }).fill(' ');
  await dialog.getByText('Name the folder').waitFor();
  expect(await dialog.getByRole('alert').count()).toBe(0);
  expect(await dialog.getByRole('button', { name: 'Export', exact: true }).isDisabled()).toBe(true);
  await page.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  expect(complaints).toEqual([]);
});

test('a run file is opened from the list of runs, and a model of Keras in the builder', async () => {
  const { page, go, complaints } = opened;
  const path = join(target, 'my gru.unroll');
  served.unroll('export', 'my gru', '--format', 'run', '--out', path);
  await go('runs');
  await page.getByRole('button', { name: 'Open a run from a file' }).waitFor();
  await page.getByLabel('Run file').setInputFiles(path);
  await page.getByText('Opened the run my gru-2').waitFor();
  await expect
    .poll(() => page.getByRole('textbox', { name: 'Name of the run' }).inputValue())
    .toBe('my gru-2');

  await go('build');
  await page
    .getByLabel('Model file')
    .setInputFiles(join(import.meta.dirname, '../fixtures/models/bidirectional.keras'));
  await page.getByText(/Imported bidirectional with \d+ weights/).waitFor();
  await page.getByText('bidirectional_1').first().waitFor();
  expect(complaints).toEqual([]);
});

test('a model of Keras that does not fit the data is made to, and says which of its weights it goes on with', async () => {
  const { page, complaints } = opened;
  // The screen takes data and model out of the address.
  await page.evaluate("location.hash = '#/train?data=reviews&model=bidirectional'");
  const check = page.getByRole('region', { name: 'Check' });
  await check.getByText(/Embedding has \d+ rows, but ids go up to/).waitFor();
  await check.getByRole('checkbox', { name: 'Fit input and output to the data' }).check();
  await check
    .getByText('goes on from the weights of bidirectional.keras, but for embedding, which begins anew.')
    .waitFor();
  await expectAccessible(page);
  await page.getByLabel('epochs', { exact: true }).fill('1');
  await page.getByLabel('maxlen', { exact: true }).fill('20');
  await page.getByRole('button', { name: 'Start training' }).last().click();
  await expect.poll(() => page.evaluate('location.hash')).toMatch(/^#\/runs/);
  expect(complaints).toEqual([]);
});
