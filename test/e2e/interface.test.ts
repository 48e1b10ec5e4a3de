/** The interface on a workspace with generated data: every screen, runs while they train, comparing, undo. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchBrowser, startServe, type Served } from './browser.ts';
import { expectAccessible } from './accessibility.ts';
import { openPage, type Opened } from './page.ts';

let browser: Browser;
let served: Served;
let kerasHome: string;
let opened: Opened;

beforeAll(async () => {
  // So that the lecture is followed on generated sentences, whatever this machine keeps for Keras.
  kerasHome = mkdtempSync(join(tmpdir(), 'unroll-keras-'));
  process.env.KERAS_HOME = kerasHome;
  [browser, served] = await Promise.all([launchBrowser(), startServe()]);
  opened = await openPage(browser, served);
});
afterAll(async () => {
  delete process.env.KERAS_HOME;
  await browser?.close();
  await served?.stop();
  rmSync(kerasHome, { recursive: true, force: true });
});

const SCREENS = ['start', 'data', 'build', 'train', 'runs', 'compare', 'settings'];

test('a first workspace: every screen is there, complains of nothing and is accessible in both themes', async () => {
  const { page, go, complaints } = opened;
  for (const screen of SCREENS) {
    await go(screen);
    await page.locator('main h1').first().waitFor({ state: 'attached' });
    await expectAccessible(page);
  }
  // The frame's own links lead to the same places.
  await page.getByRole('link', { name: /^Engine / }).click();
  await page.getByRole('heading', { name: 'Engines and settings' }).waitFor();
  expect(complaints).toEqual([]);
});

test('the command palette reaches a screen from the keyboard, and back returns', async () => {
  const { page, go } = opened;
  await go('start');
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Go to a screen').fill('compare');
  await page.keyboard.press('Enter');
  await page.waitForURL(/#\/compare/);
  await page.goBack();
  await page.waitForURL(/#\/start/);
});

test('one click follows the lecture on generated reviews and compares both models', async () => {
  const { page, go, complaints } = opened;
  await go('start');
  await page.getByLabel('Training examples').fill('160');
  await page.getByLabel('Epochs').fill('2');
  await page.getByRole('button', { name: 'Follow the lecture' }).click();
  await page.getByRole('button', { name: 'Compare', exact: true }).click({ timeout: 100_000 });
  await page.getByText('Controlled comparison.').waitFor();
  await page.getByRole('img', { name: /^Loss by epoch/ }).waitFor();
  const row = page.getByRole('row', { name: /^Validation accuracy, best/ });
  expect(
    await row
      .getByRole('cell')
      .filter({ hasText: /^[01]\.\d{4}/ })
      .count(),
  ).toBe(2);
  await page.getByRole('row', { name: /^model / }).waitFor();

  await page.getByRole('textbox', { name: 'Sentence' }).fill('the film was not good');
  await page.getByRole('button', { name: 'Predict' }).click();
  await page.getByText('As the model saw it').nth(1).waitFor({ timeout: 60_000 });
  await expectAccessible(page);
  expect(complaints).toEqual([]);
});

test('curves can be read with the arrow keys, in all charts at once', async () => {
  const { page } = opened;
  await page.getByRole('img', { name: /^Loss by epoch/ }).focus();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('ArrowRight');
  expect(await page.getByText('epoch 2', { exact: true }).count()).toBeGreaterThanOrEqual(2);
});

test('runs are paused, resumed and stopped while their page shows them live', async () => {
  const { page, go, complaints } = opened;
  await go('start');
  await page.getByRole('button', { name: 'Again' }).click();
  // Long enough to be stopped in the middle.
  await page.getByLabel('Epochs').fill('5000');
  await page.getByRole('button', { name: 'Follow the lecture' }).click();
  await page.getByRole('link', { name: /^lecture-simple-rnn.*epoch \d+ of 5,000/ }).click();
  await page.getByText('examples/s').waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: /^\d tasks? running$/ }).click();
  const activity = page.getByLabel('What is running');
  await expect.poll(async () => (await activity.boundingBox())?.y).toBeGreaterThan(0);
  await page.keyboard.press('Escape');
  await page.getByRole('img', { name: /^Loss by .*last \d/ }).waitFor({ timeout: 60_000 });
  await expectAccessible(page);

  const header = page.locator('main header');
  await page.getByRole('button', { name: 'Pause', exact: true }).click();
  await header.getByText('paused').waitFor();
  await page.getByRole('button', { name: 'Resume', exact: true }).click();
  await header.getByText('running').waitFor();
  await page.getByRole('button', { name: 'Stop', exact: true }).click();
  await header.getByText('stopped').waitFor();
  expect(complaints).toEqual([]);
});

test('the list finds, sorts, chooses several with the keyboard, and takes deleting back', async () => {
  const { page, go, complaints } = opened;
  await go('runs');
  const rows = page.locator('[data-key]');
  const grid = page.getByRole('grid', { name: 'Runs' });
  await expect.poll(() => rows.count()).toBe(4);

  await page.getByRole('searchbox', { name: /Find runs/ }).fill('lstm');
  await expect.poll(() => rows.count()).toBe(2);
  await page.getByRole('searchbox', { name: /Find runs/ }).fill('nothing has this name');
  await page.getByRole('button', { name: 'Clear the filter' }).click();
  await expect.poll(() => rows.count()).toBe(4);

  await page.getByRole('button', { name: 'Stop', exact: true }).waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Model' }).click();
  await expect.poll(() => page.url()).toContain('sort=model');
  await grid.focus();
  await page.keyboard.press('Home');
  await page.keyboard.press('Shift+ArrowDown');
  await page.getByText('2 of 4 runs chosen').waitFor();
  await expectAccessible(page);
  await page.keyboard.press('Delete');
  await expect.poll(() => rows.count()).toBe(2);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect.poll(() => rows.count()).toBe(4);
  expect(complaints).toEqual([]);
});

test('a run keeps its name, tags and notes, and is evaluated and tried on its page', async () => {
  const { page, go, complaints } = opened;
  await go(`runs?q=lecture-lstm&filter=${encodeURIComponent('status = "done"')}`);
  await page.locator('[data-key]').first().dblclick();
  const name = page.getByLabel('Name of the run');
  await name.fill('lstm, first try');
  await name.press('Enter');
  await page.getByLabel('Add a tag').fill('lecture');
  await page.getByLabel('Add a tag').press('Enter');
  await page.getByRole('button', { name: 'Remove the tag lecture' }).waitFor();
  await page.getByRole('textbox', { name: 'Notes' }).fill('Only 160 examples.');
  await page.getByRole('textbox', { name: 'Notes' }).blur();
  await page.getByRole('tab', { name: 'Evaluation' }).click();
  await page.getByRole('button', { name: 'Evaluate the test split' }).click();
  await page.getByText('examples', { exact: false }).first().waitFor();
  await page.getByText(/^[\d,]+ examples$/).waitFor({ timeout: 60_000 });
  await page.getByRole('button', { name: /^Predict/ }).click();
  await page.getByText('As the model saw it').waitFor({ timeout: 60_000 });
  for (const tab of ['Model', 'Epochs', 'Checkpoints', 'Log']) {
    await page.getByRole('tab', { name: tab }).click();
    await page.getByRole('tabpanel', { name: tab }).waitFor();
  }
  await page.reload();
  await page.getByRole('button', { name: 'Remove the tag lecture' }).waitFor();
  expect(await name.inputValue()).toBe('lstm, first try');
  await page.getByText('Only 160 examples.').waitFor();
  expect(complaints).toEqual([]);
});

test('when Unroll ends, the page says so instead of going blank', async () => {
  const { page } = opened;
  await served.stop();
  await page.getByText('The connection to Unroll is lost').waitFor();
  await page.getByRole('button', { name: 'Reconnect now' }).waitFor();
});

test('when Unroll is started anew, an old page says where to go on, and goes on once that is open', async () => {
  const { page } = opened;
  served = await startServe(undefined, new URL(served.address).port);
  await page.getByText('Unroll was started anew').waitFor();
  expect(await page.getByRole('button', { name: 'Reconnect now' }).count()).toBe(0);
  const fresh = await page.context().newPage();
  await fresh.goto(served.address);
  await page.getByText('Unroll was started anew').waitFor({ state: 'detached' });
});
