/** The history and a run's page in a real browser, on real runs of the lecture's two models and on many generated ones. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeWorkspace } from '../../bench/interface/workspace.ts';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, startServe, type Served } from './browser.ts';
import { openPage, type Opened } from './page.ts';
import { addReviews } from './reviews.ts';

let browser: Browser;
let folder: string;
let texts: string;
let served: Served;
let opened: Opened;

const GENERATED = 300;
const TRAINING = [
  '--maxlen',
  '30',
  '--num-words',
  '2000',
  '--epochs',
  '2',
  '--batch-size',
  '32',
  '--limit',
  '160',
];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-test-'));
  texts = mkdtempSync(join(tmpdir(), 'unroll-reviews-'));
  await makeWorkspace(folder, { runs: GENERATED, epochs: 4 });
  [browser, served] = await Promise.all([launchBrowser(), startServe(folder)]);
  await addReviews(served, texts, 80);
  for (const model of ['lecture-simple-rnn', 'lecture-lstm'])
    served.unroll('train', '--model', model, '--data', 'reviews', '--name', `real ${model}`, ...TRAINING);
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

async function download(page: Page, start: () => Promise<void>): Promise<string> {
  const [file] = await Promise.all([page.waitForEvent('download'), start()]);
  return readFileSync(await file.path(), 'utf8');
}

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

test('groups show how many, mean and spread; opening one shows its runs', async () => {
  const { page, go } = opened;
  await go(`runs?group=model.cell&filter=${encodeURIComponent('data != "reviews"')}`);
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

test('runs are tagged, archived and taken back many at once, and a view is kept under a name', async () => {
  const { page, go, complaints } = opened;
  await go(`runs?filter=${encodeURIComponent('data = "reviews"')}`);
  await counted(page, '2 runs');
  await page.getByRole('grid', { name: 'Runs' }).focus();
  await page.keyboard.press('Control+a');
  await counted(page, '2 of 2 runs chosen');
  await page.getByRole('button', { name: 'Tag', exact: true }).click();
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

test('columns of any setting are chosen, and the table is taken away as it stands', async () => {
  const { page, go } = opened;
  await go(`runs?filter=${encodeURIComponent('data = "reviews"')}&sort=name`);
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('searchbox', { name: 'Find a column' }).fill('learning_rate');
  await page.getByRole('checkbox', { name: 'training.optimizer.learning_rate' }).check();
  await page.keyboard.press('Escape');
  await page.getByRole('columnheader', { name: 'learning_rate' }).waitFor();
  const csv = await download(page, () => page.getByRole('button', { name: 'Save the table as CSV' }).click());
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

test('a run’s page shows what its epochs cost, its model drawn, and notes that run nothing', async () => {
  const { page, go, complaints } = opened;
  await go(`runs/${encodeURIComponent('real lecture-lstm')}`);
  await page.getByText('Time and memory', { exact: true }).click();
  for (const name of [/^Time an epoch by epoch/, /^Throughput by epoch/, /^Memory by epoch/])
    await page.getByRole('img', { name }).waitFor();
  await page.getByRole('tab', { name: 'Model' }).click();
  await page.getByRole('img', { name: /^Drawing of lecture-lstm: Input .*LSTM \(None, 32\)/ }).waitFor();
  await page.getByRole('tab', { name: 'Epochs' }).click();
  const csv = await download(page, () =>
    page.getByRole('tabpanel').getByRole('button', { name: 'Save the table as CSV' }).click(),
  );
  expect(csv).toMatch(/^epoch,loss,acc,val_loss,val_acc,seconds,learning_rate,peak_bytes\r\n1,0\.\d+,/);

  const values = await download(page, () => page.getByRole('button', { name: 'Save values as CSV' }).click());
  expect(values).toMatch(
    /^metric,best,epoch of the best,at the best checkpoint,last\r\nloss,0\.\d{5,},[12],/,
  );

  const notes = page.getByRole('textbox', { name: 'Notes' });
  await notes.fill(
    '**Why**: <img src=x onerror="window.harmed = 1"> [here](javascript:alert(1)) [paper](https://example.org)',
  );
  await notes.blur();
  await page.locator('.markdown strong').getByText('Why').waitFor();
  expect(await page.locator('.markdown img').count()).toBe(0);
  expect(
    await page.locator('.markdown a').evaluateAll((links) => links.map((link) => link.getAttribute('href'))),
  ).toEqual(['https://example.org']);
  expect(await page.evaluate('window.harmed')).toBeUndefined();
  await page.mouse.move(0, 0);
  await expectAccessible(page);
  expect(complaints).toEqual([]);
});

test('training continues from a checkpoint as a run that names its parent', async () => {
  const { page, go, complaints } = opened;
  await go(`runs/${encodeURIComponent('real lecture-simple-rnn')}?tab=checkpoints`);
  await page.getByLabel('More epochs').fill('1');
  await page.getByLabel('Learning rate').fill('0.0005');
  await page.getByRole('button', { name: 'Continue training from here' }).click();
  const header = page.locator('main header');
  await expect
    .poll(async () => (await header.first().innerText()).replaceAll(/\s+/g, ' '), { timeout: 20_000 })
    .toContain('continues real lecture-simple-rnn from its last checkpoint, epoch 2');
  await header.first().getByText('done').waitFor({ timeout: 60_000 });
  await page.getByRole('tab', { name: 'Epochs' }).click();
  await page.getByRole('rowheader', { name: '3', exact: true }).waitFor();
  expect(await page.getByRole('rowheader', { name: '2', exact: true }).count()).toBe(0);
  expect(complaints).toEqual([]);
});

test('the same with another cell is queued, trained and opened in Compare', async () => {
  const { page, go, complaints } = opened;
  await go(`runs/${encodeURIComponent('real lecture-simple-rnn')}`);
  await page.getByRole('button', { name: 'Vary' }).click();
  await page.getByRole('checkbox', { name: 'with LSTM' }).uncheck();
  await page.getByRole('button', { name: 'Queue 1 run' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Queue 1 run' }).click();
  await page.waitForURL(/#\/compare\?runs=/, { timeout: 60_000 });
  await page.getByText('real lecture-simple-rnn-gru').first().waitFor();
  await page.getByText(/Controlled comparison/).waitFor();
  expect(complaints).toEqual([]);
});

test('a running training is followed in place: curves and list stay and grow', async () => {
  const { page, go, complaints } = opened;
  await go(`runs/${encodeURIComponent('real lecture-lstm')}?tab=checkpoints`);
  await page.getByLabel('More epochs').fill('2000');
  await page.getByRole('button', { name: 'Continue training from here' }).click();
  const header = page.locator('main header').first();
  await header.getByText('running').waitFor();
  const run = page.url().split('#/')[1]!.split('?')[0]!;
  const epoch = async () =>
    Number(/Epoch (\d+) of/.exec(await page.getByRole('region', { name: 'Progress' }).innerText())?.[1] ?? 0);
  await page.getByText('Batch', { exact: true }).click();
  await lossChart(page).waitFor();
  await lossChart(page).evaluate((element: HTMLElement) => (element.dataset['kept'] = 'yes'));
  const begun = await epoch();
  await expect.poll(epoch, { timeout: 20_000 }).toBeGreaterThan(begun + 4);
  // What is drawn anew with each epoch flickers, and is another element.
  expect(await lossChart(page).getAttribute('data-kept')).toBe('yes');

  await go('runs');
  const line = rows(page).filter({ hasText: 'running' });
  const done = async () => Number(/(\d+)\/2002/.exec(await line.innerText())?.[1] ?? 0);
  const before = await done();
  await expect.poll(done, { timeout: 20_000 }).toBeGreaterThan(before);
  await go(run);
  await page.getByRole('button', { name: 'Stop' }).click();
  await header.getByText('stopped').waitFor();
  expect(complaints).toEqual([]);
});

test('a run without checkpoints says so wherever its weights are asked for', async () => {
  const { page, go } = opened;
  const [first, second] = served
    .unroll('--json', 'runs', 'list', '--filter', 'data = "imdb"')
    .split('\n', 2)
    .map((line) => JSON.parse(line) as { id: string; name: string });
  await go(`runs/${first!.id}?tab=checkpoints`);
  await page.getByText('No checkpoint yet').waitFor();
  await page.getByRole('button', { name: 'Evaluate', exact: true }).click();
  await page.getByText(`The run ${first!.name} has no best checkpoint.`).waitFor();
  await page.getByRole('tab', { name: 'Gradient and memory' }).click();
  await page.getByRole('button', { name: 'Look inside' }).click();
  await expect
    .poll(() => page.getByRole('tabpanel').innerText())
    .toContain(`The run ${first!.name} has no best checkpoint.`);
  await go(`compare?runs=${first!.id},${second!.id}`);
  await page.getByRole('button', { name: 'Compare on the test split' }).click();
  await expect.poll(() => page.locator('.left').count()).toBe(2);
});
