import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, startServe, type Served } from './browser.ts';

let folder: string;
let served: Served;
let browser: Browser;
let page: Page;

/** Forty short reviews, every fourth of them long. */
const reviews = [
  'review,sentiment',
  ...Array.from({ length: 40 }, (_, index) => {
    const words = index % 4 === 0 ? 'a slow and endless film '.repeat(4).trim() : 'a fine film';
    return `${words} number ${index},${index % 2 === 0 ? 'bad' : 'good'}`;
  }),
].join('\n');

/** A label column that is none: a class for every row. */
const keys = ['text,label', ...Array.from({ length: 60 }, (_, row) => `a film ${row},key ${row}`)].join('\n');

/** Files sent by the page that still lie in the workspace. */
const sentFiles = () =>
  readdirSync(served.workspace)
    .filter((name) => name.startsWith('upload-'))
    .flatMap((name) => readdirSync(join(served.workspace, name)));

const screen = (hash: string) => page.goto(new URL(`/#/${hash}`, served.address).href);
const list = () => page.getByRole('listbox', { name: 'Data sets' }).getByRole('option');
const title = (name: string) => page.getByRole('heading', { level: 1, name, exact: true }).waitFor();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-data-screen-'));
  writeFileSync(join(folder, 'reviews.csv'), reviews);
  writeFileSync(join(folder, 'unlabelled.csv'), 'review\na fine film\n');
  writeFileSync(join(folder, 'keys.csv'), keys);
  served = await startServe();
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(served.address);
});
afterAll(async () => {
  await browser?.close();
  await served?.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('a file is imported by its path, under the name and columns given', async () => {
  await screen('data');
  await expectAccessible(page);
  await page.getByLabel('Or a path on this machine').fill(join(folder, 'reviews.csv'));
  await page.getByLabel('Name', { exact: true }).first().fill('by path');
  await page.getByLabel('Text column').fill('review');
  await page.getByLabel('Label column').fill('sentiment');
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await title('by path');
  expect(await list().count()).toBe(1);
  await expectAccessible(page);
});

test('a file the browser holds is sent and imported', async () => {
  await screen('data');
  await page.getByLabel('File to import').setInputFiles(join(folder, 'reviews.csv'));
  await title('reviews');
  expect(served.unroll('data', 'list')).toContain('reviews');
  await expect.poll(sentFiles).toEqual([]);
  expect(await page.getByRole('list', { name: 'Imports under way' }).count()).toBe(0);
});

test('an import that ends elsewhere leaves the user where he is', async () => {
  await screen('data');
  await page.getByLabel('Name', { exact: true }).first().fill('later');
  await page.getByRole('heading', { name: 'Add data' }).waitFor();
  // The file is on its way when the page is left.
  await page.route('**/upload?*', async (route) => {
    if (route.request().method() === 'POST') await page.getByRole('link', { name: 'Runs' }).first().click();
    await route.continue();
  });
  await page.getByLabel('File to import').setInputFiles(join(folder, 'reviews.csv'));
  await page.getByText('later: 32 training and 8 test examples').waitFor();
  await page.unroute('**/upload?*');
  expect(new URL(page.url()).hash).toBe('#/runs');
  await page.getByRole('button', { name: 'Open', exact: true }).click();
  await title('later');
  served.unroll('data', 'remove', 'later');
});

test('what is doubtful in the data is said, and many classes are cut to the first', async () => {
  await screen('data');
  await page.getByLabel('File to import').setInputFiles(join(folder, 'keys.csv'));
  await title('keys');
  await page.getByText('There are 60 classes for 60 examples').waitFor();
  expect(await page.getByRole('rowheader').count()).toBe(20);
  await page.getByRole('button', { name: 'and 40 more' }).click();
  await expect.poll(() => page.getByRole('rowheader').count()).toBe(60);
  await expectAccessible(page);
});

test('a data set is given another name where it stands', async () => {
  await page.getByLabel('Name of the data set').fill('reviews');
  await page.keyboard.press('Enter');
  await page.getByText('A data set named reviews already exists.').waitFor();
  await page.getByLabel('Name of the data set').fill('by key');
  await page.keyboard.press('Enter');
  await title('by key');
  expect(served.unroll('data', 'rename', 'by key', 'keys')).toContain('It is keys now.');
  expect(served.unroll('data', 'remove', 'keys')).toContain('Removed keys.');
});

test('a file without labels is refused with what to do, and can be dismissed', async () => {
  await screen('data');
  await page.getByLabel('Format').selectOption('csv');
  await page.getByLabel('File to import').setInputFiles(join(folder, 'unlabelled.csv'));
  const alert = page.getByRole('alert');
  await alert.getByText('No label column was found in unlabelled.csv').waitFor();
  await page.getByRole('button', { name: 'Dismiss' }).click();
  expect(await alert.count()).toBe(0);
  // One that is not dismissed goes with the page.
  await page.getByLabel('File to import').setInputFiles(join(folder, 'unlabelled.csv'));
  await alert.getByText('No label column was found').waitFor();
  await page.getByRole('option', { name: /^reviews/ }).click();
  await page.getByRole('region', { name: 'Samples' }).waitFor();
  expect(await alert.count()).toBe(0);
  await screen('data');
  await page.getByRole('heading', { name: 'Add data' }).waitFor();
  expect(await alert.count()).toBe(0);
  await expect.poll(sentFiles).toEqual([]);
});

test('a page shows what a maximum length and a vocabulary size do', async () => {
  await screen('data/reviews');
  await title('reviews');
  const lengths = page.getByRole('region', { name: 'Sequence lengths' });
  await lengths.getByText('No sequence is cut').waitFor();
  await lengths.getByRole('slider').fill('10');
  await lengths.getByText('Sequences longer than 10 are cut at the front: 25.0 %').waitFor();
  const typed = lengths.getByLabel('Maximum length in steps');
  for (const wrong of ['0', '-3']) {
    await typed.fill(wrong);
    await typed.blur();
    expect(await typed.inputValue()).toBe('1');
  }
  const coverage = page.getByRole('region', { name: 'Vocabulary coverage' });
  await coverage.getByRole('slider').focus();
  await page.keyboard.press('Home');
  await coverage.getByText('The 1 most frequent of').waitFor();
  const samples = page.getByRole('region', { name: 'Samples' });
  await samples.getByText('?').first().waitFor();
  await samples.getByRole('button', { name: /^0 / }).click();
  expect(await samples.getByRole('button', { expanded: true }).count()).toBe(1);
});

test('the check before training says that most would be padding, and sets the length', async () => {
  await screen('train?data=reviews&maxlen=500');
  const check = page.getByRole('region', { name: 'Check' });
  await check.getByText('No sequence is longer than 23 steps, so at least 95.4 %').waitFor();
  await check.getByRole('button', { name: 'Set maxlen to 23' }).click();
  await expect.poll(() => check.getByText('is padding').count()).toBe(0);
  expect(await page.getByLabel('maxlen', { exact: true }).inputValue()).toBe('23');
});

test('commands lead to what other screens do and to settings, with a slip too', async () => {
  await screen('runs');
  const command = async (typed: string) => {
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Go to a screen').fill(typed);
    const found = page.getByRole('dialog').getByRole('option');
    await found.first().waitFor();
    const labels = await found.allTextContents();
    await page.keyboard.press('Enter');
    return labels.join();
  };
  expect(await command('bakcup')).toContain('Back up the workspace');
  await page.getByRole('heading', { level: 1, name: 'Engines and settings' }).waitFor();
  expect(await command('learning rate')).toContain('How far each step moves the weights');
  await page.getByLabel('learning_rate', { exact: true }).and(page.locator(':focus')).waitFor();
});

test('a task is generated', async () => {
  await screen('data');
  await page.getByRole('radio', { name: /Adding problem/ }).check();
  await page.getByLabel('Examples').fill('60');
  await page.getByLabel('Length').fill('2');
  await page.getByText('At least 4.').waitFor();
  const generate = page.getByRole('button', { name: 'Generate' });
  expect(await generate.isDisabled()).toBe(true);
  await page.getByLabel('Length').fill('12');
  expect(await generate.isDisabled()).toBe(false);
  await page.getByRole('button', { name: 'Generate' }).click();
  await title('adding');
  await page.getByText('The labels are numbers (regression)').waitFor();
  await expectAccessible(page);
});

test('a data set is deleted by key and brought back', async () => {
  await screen('data/reviews');
  await title('reviews');
  await page.getByRole('option', { name: /^reviews/ }).focus();
  await page.keyboard.press('Delete');
  await page.getByText('Data set reviews deleted').waitFor();
  await expect.poll(() => page.getByRole('option', { name: /^reviews/ }).count()).toBe(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('option', { name: /^reviews/ }).waitFor();
});

test('several are chosen with Shift and the arrow keys', async () => {
  await list().first().click();
  await list().first().focus();
  await page.keyboard.press('Shift+ArrowDown');
  const selected = page.getByRole('listbox', { name: 'Data sets' }).getByRole('option', { selected: true });
  await expect.poll(() => selected.count()).toBe(2);
});

test('engines, folder and theme are shown and the theme is kept', async () => {
  await screen('settings');
  await page.getByRole('heading', { level: 1, name: 'Engines and settings' }).waitFor();
  await page.getByText('in use', { exact: true }).waitFor();
  await page.getByText(served.workspace, { exact: true }).waitFor();
  await expectAccessible(page);
  await page.getByRole('radio', { name: 'Dark' }).check();
  await page.reload();
  await expect.poll(() => page.evaluate('document.documentElement.dataset.theme')).toBe('dark');
  await page.getByRole('radio', { name: /System/ }).check();
});
