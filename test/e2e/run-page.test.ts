/** A run's page in a real browser, on real runs of the lecture's two models, and on generated ones, which have no checkpoints. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { makeWorkspace } from '../../bench/interface/workspace.ts';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, startServe, type Served } from './browser.ts';
import { start } from './command-line.ts';
import { downloaded, openPage, type Opened } from './page.ts';
import { addReviews, trainLecture } from './reviews.ts';

let browser: Browser;
let folder: string;
let texts: string;
let served: Served;
let opened: Opened;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-test-'));
  texts = mkdtempSync(join(tmpdir(), 'unroll-reviews-'));
  await makeWorkspace(folder, { runs: 8, epochs: 4 });
  breakOff(folder);
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

/** One of each run's values is no number, as a division by nothing leaves it. */
function breakOff(workspace: string): void {
  const db = new Database(join(workspace, 'unroll.sqlite'));
  db.exec("UPDATE epoch_metrics SET logs = json_set(logs, '$.val_loss', NULL) WHERE epoch = 2");
  db.close();
}

const rows = (page: Page) => page.locator('[data-key]');
const generated = () =>
  served
    .unroll('--json', 'runs', 'list', '--filter', 'data = "imdb"')
    .split('\n', 2)
    .map((line) => JSON.parse(line) as { id: string; name: string });
const lossChart = (page: Page) => page.getByRole('img', { name: /^Loss/ });

test('a run’s page shows what its epochs cost, its model drawn, and notes that run nothing', async () => {
  const { page, go, complaints } = opened;
  await go(`runs/${encodeURIComponent('real lecture-lstm')}`);
  await page.getByText('Time and memory', { exact: true }).click();
  for (const name of [/^Time an epoch by epoch/, /^Throughput by epoch/, /^Memory by epoch/])
    await page.getByRole('img', { name }).waitFor();
  await page.getByRole('tab', { name: 'Model' }).click();
  await page.getByRole('img', { name: /^Drawing of lecture-lstm: Input .*LSTM \(None, 32\)/ }).waitFor();
  await page.getByRole('tab', { name: 'Epochs' }).click();
  const { text: csv } = await downloaded(page, () =>
    page.getByRole('tabpanel').getByRole('button', { name: 'Save the table as CSV' }).click(),
  );
  expect(csv).toMatch(/^epoch,loss,acc,val_loss,val_acc,seconds,learning_rate,peak_bytes\r\n1,0\.\d+,/);

  const { text: values } = await downloaded(page, () =>
    page.getByRole('button', { name: 'Save values as CSV' }).click(),
  );
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
  // What has been trained is there to be compared with, and not trained again.
  await go(`runs/${encodeURIComponent('real lecture-simple-rnn')}`);
  await page.getByRole('button', { name: 'Vary' }).click();
  await page.getByRole('checkbox', { name: 'with LSTM' }).uncheck();
  await page.getByRole('button', { name: 'Queue 1 run' }).click();
  const notice = page.getByRole('listitem').filter({
    hasText: 'Not trained again, as the same run is there already: real lecture-simple-rnn-gru.',
  });
  await notice.getByRole('button', { name: 'Compare' }).click();
  await page.waitForURL(/#\/compare\?runs=/);
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
  // With epochs of a few hundredths of a second the first look takes its time, and the panel says when it comes.
  await page.getByRole('tab', { name: 'Gradient and memory' }).click();
  const waits =
    /^No look has come since this page was loaded\. One comes when all looks together take less than 2 %/;
  const seen = page.getByRole('img', { name: /^Norm of dLoss\/dh .*at epoch \d+, batch \d+, the last look/ });
  await page.getByText(waits).or(seen).first().waitFor();
  await page.getByRole('button', { name: 'Stop' }).click();
  await header.getByText('stopped').waitFor();
  expect(complaints).toEqual([]);
});

test('a run that the command line trains comes, grows and ends in the open page', async () => {
  const { page, go, complaints } = opened;
  await go('runs');
  const line = rows(page).filter({ hasText: 'from the terminal' });
  const sizes = { maxlen: 30, 'num-words': 2000, epochs: 400, 'batch-size': 32, limit: 160 };
  const options = Object.entries(sizes).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const named = ['--model', 'lecture-simple-rnn', '--data', 'reviews', '--name', 'from the terminal'];
  const { ended } = start(['--workspace', folder, 'train', ...named, ...options]);
  const done = async () => Number(/(\d+)\/400/.exec(await line.innerText())?.[1] ?? 0);
  await line.waitFor();
  await expect.poll(done, { timeout: 20_000 }).toBeGreaterThan(0);
  const before = await done();
  await expect.poll(done, { timeout: 20_000 }).toBeGreaterThan(before);
  await go(`runs/${encodeURIComponent('from the terminal')}`);
  await page
    .getByRole('region', { name: 'Progress' })
    .getByText(/^\d+ of 400 epochs done$/)
    .waitFor();
  await page.getByRole('button', { name: 'Stop' }).waitFor();
  expect((await ended).code).toBe(0);
  await page.locator('main header').first().getByText('done').waitFor();
  await page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'detached' });
  await page.getByRole('tab', { name: 'Epochs' }).click();
  await page.getByRole('rowheader', { name: '400', exact: true }).waitFor();
  await go('runs');
  await line.getByText('done').waitFor();
  expect(complaints).toEqual([]);
});

test('a run without checkpoints says so wherever its weights are asked for', async () => {
  const { page, go } = opened;
  const [first, second] = generated();
  await go(`runs/${first!.id}?tab=checkpoints`);
  await page.getByText('This run ended before its first one was kept.').waitFor();
  await page.getByRole('tab', { name: 'Evaluation' }).click();
  await page.getByRole('button', { name: 'Evaluate the test split' }).click();
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

test('a value that is no number leaves a gap in its curve, and all else as it is', async () => {
  const { page, go, complaints } = opened;
  const [first, second] = generated();
  await go(`runs/${first!.id}`);
  await lossChart(page).waitFor();
  await page.getByRole('tab', { name: 'Epochs' }).click();
  await expect
    .poll(() => page.getByRole('tabpanel').getByRole('row').nth(2).innerText())
    .toMatch(/^2\s+0\.\d+\s+0\.\d+\s+–/);
  await go(`compare?runs=${first!.id},${second!.id}`);
  await lossChart(page).waitFor();
  await page.getByRole('row', { name: /^Validation loss, best 0\.\d+/ }).waitFor();
  expect(await page.locator('main').innerText()).not.toMatch(/NaN|undefined|Infinity/);
  expect(complaints).toEqual([]);
});
