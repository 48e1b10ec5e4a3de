/** The history in a real browser, on real runs of the lecture's two models and on many generated ones. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeWorkspace } from '../../bench/interface/workspace.ts';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, startServe, type Served } from './browser.ts';
import { downloaded, openPage, type Opened } from './page.ts';
import { addReviews, trainLecture } from './reviews.ts';

let browser: Browser;
let folder: string;
let texts: string;
let served: Served;
let opened: Opened;

const GENERATED = 300;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-test-'));
  texts = mkdtempSync(join(tmpdir(), 'unroll-reviews-'));
  await makeWorkspace(folder, { runs: GENERATED, epochs: 4 });
  [browser, served] = await Promise.all([launchBrowser(), startServe(folder)]);
  await addReviews(served, texts, 80);
  trainLecture(served);
  opened = await openPage(browser, served);
});
afterAll(async () => {
  await browser?.close();
  await served?.stop();
  for (const made of [folder, texts]) rmSync(made, { recursive: true, force: true });
});

const rows = (page: Page) => page.locator('[data-key]');
const filter = (page: Page) => page.getByRole('combobox', { name: 'Filter runs' });
const counted = (page: Page, text: string) => page.locator('.bar').getByText(text, { exact: true }).waitFor();
const suggestions = (page: Page) => page.getByRole('listbox', { name: 'Suggestions' }).getByRole('option');
const lossChart = (page: Page) => page.getByRole('img', { name: /^Loss/ });

test('many runs are in the table, of which only those in view are in the page', async () => {
  const { page, go } = opened;
  await go('runs');
  await counted(page, `${GENERATED + 2} runs`);
  expect(await rows(page).count()).toBeLessThan(60);
  await page.getByRole('grid', { name: 'Runs' }).focus();
  await page.keyboard.press('End');
  await page.getByRole('row', { selected: true }).getByText(/-1$/).waitFor();
  expect(await rows(page).count()).toBeLessThan(60);
  await page.keyboard.press('Home');
  await page.getByRole('row', { selected: true }).getByText('real lecture-lstm').waitFor();
  await page.keyboard.press('Escape');
});

test('a filter is completed while it is typed, and the curves follow it', async () => {
  const { page, go, complaints } = opened;
  await go('runs');
  await filter(page).click();
  await page.keyboard.type('model.ce');
  await suggestions(page).filter({ hasText: 'model.cell' }).waitFor();
  await page.keyboard.press('Tab');
  await page.keyboard.type('= ');
  await suggestions(page).filter({ hasText: '"LSTM"' }).click();
  await page.keyboard.type('and data = "reviews" and epochs = ');
  await page.keyboard.type('2');
  await counted(page, '1 run');
  await page.getByText('real lecture-lstm').first().waitFor();
  await expect
    .poll(() => lossChart(page).getAttribute('aria-label'))
    .toContain('real lecture-lstm validation: last');
  expect(await lossChart(page).getAttribute('aria-label')).not.toContain('imdb-');
  expect(page.url()).toContain('filter=');
  await expectAccessible(page);
  expect(complaints).toEqual([]);
});

test('a filter that cannot be read says where and what instead, and leaves the last one in force', async () => {
  const { page, go } = opened;
  await go(`runs?filter=${encodeURIComponent('data = "reviews"')}`);
  await counted(page, '2 runs');
  await filter(page).fill('data = "reviews" and modell = "x"');
  await expect
    .poll(() => page.locator('#filter-problem').innerText())
    .toMatch(/At character 22: There is no field modell\.\s+Did you mean model\?/);
  await counted(page, '2 runs');
  await filter(page).fill('');
  await counted(page, `${GENERATED + 2} runs`);
  // A link with a mistake shows all runs and says so.
  await go(`runs?filter=${encodeURIComponent('best(val_acc')}`);
  await page.getByText(/Filter not in force\. At character 5: This parenthesis is not closed/).waitFor();
  await counted(page, `${GENERATED + 2} runs`);
});

test('a page that fails to draw does not hold up the others', async () => {
  const { page, go } = opened;
  await go('data');
  await page.evaluate(() => {
    const { prototype } = Intl.NumberFormat;
    const own = Object.getOwnPropertyDescriptor(prototype, 'format')!;
    Object.defineProperty(prototype, 'format', {
      configurable: true,
      get: () => {
        Object.defineProperty(prototype, 'format', own);
        throw new Error('no_numbers\nThere are none\nhttps://svelte.dev/e/no_numbers');
      },
    });
  });
  await go('runs');
  await page.getByText('This page failed to draw').waitFor();
  expect(await page.locator('main').innerText()).not.toContain('svelte.dev');
  await go('data');
  await page.getByText('This page failed to draw').waitFor({ state: 'detached' });
  await go('runs');
  await counted(page, `${GENERATED + 2} runs`);
  opened.complaints.length = 0;
});

test('a name twice or of nothing among the columns of a link does no harm', async () => {
  const { page, go, complaints } = opened;
  await go('runs?columns=bar,name,name,status');
  await expect
    .poll(() => page.getByRole('columnheader').allInnerTexts())
    .toEqual(expect.arrayContaining(['Name', 'Status']));
  expect(complaints).toEqual([]);
});

test('groups show how many, mean and spread; opening one shows its runs', async () => {
  const { page, go } = opened;
  await go(`runs?filter=${encodeURIComponent('data != "reviews"')}`);
  await page.getByRole('button', { name: 'Group', exact: true }).click();
  await page.getByRole('option', { name: /^model\.cell/ }).waitFor();
  await page.keyboard.type('cell');
  await page.keyboard.press('Enter');
  const group = page.getByRole('row', { name: /^Open the group LSTM/ });
  await expect.poll(() => group.innerText()).toMatch(/LSTM\s+\d+ runs[\s\S]*0\.\d{4}\s*±0\.\d{4}/);
  await expect.poll(() => rows(page).count()).toBe(3);
  await page.getByRole('button', { name: 'Open the group LSTM' }).click();
  await page
    .getByText(/^imdb-lstm-/)
    .first()
    .waitFor();
  await expect.poll(() => lossChart(page).getAttribute('aria-label')).toMatch(/GRU \(\d+\) validation: last/);
  await expectAccessible(page);
});

test('what a filter hides is not chosen any more, so that nothing unseen is acted upon', async () => {
  const { page, go, complaints } = opened;
  await go('runs');
  await rows(page).first().click();
  const name = await rows(page).first().locator('a').innerText();
  await page.getByText(/^1 of \d+ runs chosen$/).waitFor();
  await filter(page).fill('epochs > 1000');
  await page.getByText('1 of', { exact: false }).waitFor({ state: 'detached' });
  expect(await page.getByRole('button', { name: 'Archive', exact: true }).count()).toBe(0);
  await filter(page).fill('');
  await rows(page).filter({ hasText: name }).first().waitFor();
  expect(await page.getByText(/runs chosen$/).count()).toBe(0);
  expect(complaints).toEqual([]);
});

test("a row's menu and the commands offer what a run's page does", async () => {
  const { page, go, complaints } = opened;
  await go(`runs?filter=${encodeURIComponent('data = "reviews"')}`);
  await counted(page, '2 runs');
  const command = async (typed: string) => {
    await page.keyboard.press('Control+k');
    await page.keyboard.type(typed);
    await page.keyboard.press('Enter');
  };
  await command('export a run');
  await page.getByText('Choose a run in the table first.').waitFor();

  const inMenu = async (name: string) => {
    await rows(page).filter({ hasText: 'lecture-lstm' }).click();
    await rows(page).filter({ hasText: 'lecture-lstm' }).click({ button: 'right' });
    await page.getByRole('menuitem', { name }).click();
  };
  await inMenu('Export …');
  await page.getByRole('dialog', { name: 'Export real lecture-lstm' }).waitFor();
  await page.keyboard.press('Escape');
  await command('vary a run');
  await page.getByRole('dialog', { name: /^The same as real lecture-lstm/ }).waitFor();
  await page.keyboard.press('Escape');

  const name = page.getByRole('textbox', { name: 'Name of the run' });
  await inMenu('Rename …');
  await name.fill('lecture-lstm again');
  await name.press('Enter');
  await rows(page).getByRole('link', { name: 'lecture-lstm again' }).waitFor();
  await page.keyboard.press('F2');
  await name.fill('real lecture-lstm');
  await name.press('Enter');
  await rows(page).getByRole('link', { name: 'real lecture-lstm' }).waitFor();

  await inMenu('Tags …');
  await page.getByRole('combobox', { name: 'Tag' }).fill('mistaken');
  await page.keyboard.press('Enter');
  await rows(page).getByText('mistaken').waitFor();
  await page.getByRole('grid', { name: 'Runs' }).focus();
  await page.keyboard.press('Control+a');
  await page.getByRole('button', { name: 'Tags …' }).click();
  await page.getByText('1 of 2', { exact: true }).waitFor();
  await page.getByRole('button', { name: 'Remove the tag mistaken' }).click();
  await rows(page).getByText('mistaken').waitFor({ state: 'detached' });
  await page.keyboard.press('Escape');

  await inMenu('Continue …');
  await page.getByRole('button', { name: 'Continue training from here' }).waitFor();
  expect(complaints).toEqual([]);
});

test('runs are tagged, archived and taken back many at once, and a view is kept under a name', async () => {
  const { page, go, complaints } = opened;
  await go(`runs?filter=${encodeURIComponent('data = "reviews"')}`);
  await counted(page, '2 runs');
  await page.getByRole('grid', { name: 'Runs' }).focus();
  await page.keyboard.press('Control+a');
  await counted(page, '2 of 2 runs chosen');
  await page.getByRole('button', { name: 'Tags …' }).click();
  await page
    .getByRole('textbox', { name: 'Tag' })
    .or(page.getByRole('combobox', { name: 'Tag' }))
    .fill('lecture');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  await page.getByText('2 runs tagged lecture').waitFor();
  await filter(page).fill('tags contains "lecture"');
  await counted(page, '2 of 2 runs chosen');

  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('textbox', { name: 'Name of this view' }).fill('mine');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('View mine saved').waitFor();

  await page.getByRole('button', { name: 'Archive', exact: true }).click();
  await counted(page, '0 runs');
  await page.getByText('2 runs archived').waitFor();
  await page
    .locator('[data-sonner-toast]', { hasText: '2 runs archived' })
    .getByRole('button', { name: 'Undo' })
    .click();
  // They are chosen still.
  await counted(page, '2 of 2 runs chosen');

  await go('runs');
  await page.getByRole('button', { name: 'Views' }).click();
  await page.getByRole('link', { name: /^mine/ }).click();
  await expect.poll(() => rows(page).count()).toBe(2);
  expect(complaints).toEqual([]);
});

test('Ctrl Z takes back what was deleted last, but not from within a field', async () => {
  const { page, go, complaints } = opened;
  await go(`runs?filter=${encodeURIComponent('data = "reviews"')}&sort=name`);
  const grid = page.getByRole('grid', { name: 'Runs' });
  await rows(page).first().click();
  await page.keyboard.press('Delete');
  await page.getByText('1 run deleted').waitFor();
  await expect.poll(() => rows(page).count()).toBe(1);
  await filter(page).focus();
  await page.keyboard.press('Control+z');
  await page.waitForTimeout(300);
  expect(await rows(page).count()).toBe(1);
  await grid.focus();
  await page.keyboard.press('Control+z');
  await expect.poll(() => rows(page).count()).toBe(2);
  await page.getByText('1 run deleted').waitFor({ state: 'detached' });
  // It was taken back once; there is nothing more.
  await page.keyboard.press('Control+z');
  // What comes back is chosen as before.
  await counted(page, '1 of 2 runs chosen');
  await grid.focus();
  await page.keyboard.press('Escape');
  await counted(page, '2 runs');
  expect(complaints).toEqual([]);
});

test('columns of any setting are chosen, and the table is taken away as it stands', async () => {
  const { page, go } = opened;
  await go(`runs?filter=${encodeURIComponent('data = "reviews"')}&sort=name`);
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('searchbox', { name: 'Find a column' }).fill('learning_rate');
  await page.getByRole('checkbox', { name: 'training.optimizer.learning_rate' }).check();
  await page.keyboard.press('Escape');
  await page.getByRole('columnheader', { name: 'learning_rate' }).waitFor();
  const { text: csv } = await downloaded(page, () =>
    page.getByRole('button', { name: 'Save the table as CSV' }).click(),
  );
  const [header, first, second] = csv.split('\r\n');
  expect(header).toMatch(/^name,status,model,data,best\(val_acc\),.*,training\.optimizer\.learning_rate$/);
  expect(first).toMatch(/^real lecture-lstm,done,lecture-lstm,reviews,0?\.?\d+.*,0\.001$/);
  expect(second).toMatch(/^real lecture-simple-rnn,/);
});

test('layers are filtered by Keras’s names for them, in the list and in the terminal alike', async () => {
  const { page, go } = opened;
  const query = 'lstm.units = 32 and lstm.dropout = 0 and data = "reviews"';
  await go(`runs?filter=${encodeURIComponent(query)}&columns=name,layers.lstm.recurrent_activation`);
  await expect.poll(() => rows(page).count()).toBe(1);
  expect(await rows(page).first().innerText()).toMatch(/real lecture-lstm\s+sigmoid/);
  const list = (filter: string) =>
    served
      .unroll('--json', 'runs', 'list', '--filter', filter)
      .trim()
      .split('\n')
      .map((line) => (JSON.parse(line) as { name: string }).name);
  expect(list(query)).toEqual(['real lecture-lstm']);
  expect(list('data = "reviews" and best(val_loss) > 0')).toEqual([
    'real lecture-lstm',
    'real lecture-simple-rnn',
  ]);
  expect(() => list('units >')).toThrow(/at character 8: Something is missing at the end/);
});

test('differences to a baseline stand in the table', async () => {
  const { page, go } = opened;
  await go(`runs?filter=${encodeURIComponent('data = "reviews"')}&sort=name`);
  await rows(page).first().click();
  await page.getByRole('button', { name: 'Set as baseline' }).click();
  await page.getByText('baseline', { exact: true }).waitFor();
  await expect.poll(() => rows(page).nth(1).innerText()).toMatch(/[+−0]\.?\d*/);
  await page.getByRole('button', { name: 'No baseline' }).click();
});
