/** A model is saved, kept, renamed and trained, and its texts follow it. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, startServe, type Served } from './browser.ts';
import { CanvasPage } from './canvas.ts';

let served: Served;
let browser: Browser;
let page: Page;
let canvas: CanvasPage;

const screen = (hash: string) => page.goto(new URL(`/#/${hash}`, served.address).href);

beforeAll(async () => {
  served = await startServe();
  served.unroll('data', 'generate', 'sentiment', '--name', 'reviews', '--examples', '200', '--length', '20');
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(served.address);
  canvas = new CanvasPage(page);
});
afterAll(async () => {
  await browser?.close();
  await served?.stop();
});

test('summary and code follow the model', async () => {
  await screen('build/lecture-simple-rnn');
  await page.locator('.totals').getByText('322,113').waitFor();
  await page.getByRole('region', { name: 'Keras summary' }).getByText('322,113').first().waitFor();
  await page.getByRole('tab', { name: 'Python' }).click();
  await page.getByRole('region', { name: 'Python code' }).getByText('SimpleRNN').waitFor();
  await page.getByRole('tab', { name: 'R', exact: true }).click();
  await page.getByRole('region', { name: 'R code' }).getByText('layer_simple_rnn').waitFor();
  await page.getByRole('tab', { name: 'Summary' }).click();
});

test('a model is saved, survives a reload, is renamed and deleted with undo', async () => {
  await page.locator('main').focus();
  await page.keyboard.press('Control+s');
  await page.getByRole('dialog').getByLabel('Name').fill('mine');
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await page.locator('.bar').getByText('saved', { exact: true }).waitFor();
  await page.reload();
  await expect.poll(canvas.layers).toEqual(['input', 'embedding', 'simple_rnn', 'dense']);

  await page.getByRole('tab', { name: 'Models' }).click();
  await page.getByRole('tabpanel', { name: 'Models' }).getByRole('button', { name: /^mine/ }).focus();
  await page.keyboard.press('F2');
  await page.getByLabel('New name of mine').fill('ours');
  await page.keyboard.press('Enter');
  const ours = page.getByRole('tabpanel', { name: 'Models' }).getByRole('button', { name: /^ours/ });
  await ours.focus();
  await page.keyboard.press('Delete');
  await expect.poll(() => ours.count()).toBe(0);
  await page.getByText('Model ours deleted').waitFor();
  await page.locator('[data-sonner-toast]').getByRole('button', { name: 'Undo' }).click();
  await ours.waitFor();
});

test('two models are trained under the same conditions for one epoch', async () => {
  await screen('train?data=reviews&model=lecture-simple-rnn');
  await page.getByText('made to fit reviews').waitFor();
  await page.getByRole('checkbox', { name: /LSTM/ }).first().check();
  await page.getByLabel('epochs', { exact: true }).fill('many');
  await page.getByText('Type a number.').waitFor();
  expect(await page.getByRole('button', { name: 'Start training' }).isDisabled()).toBe(true);
  await page.getByLabel('epochs', { exact: true }).fill('0');
  await page.getByText('Must be at least 1.').waitFor();
  expect(await page.getByRole('button', { name: 'Start training' }).isDisabled()).toBe(true);
  await page.getByLabel('epochs', { exact: true }).fill('1');
  await page.getByLabel('maxlen', { exact: true }).fill('20');
  await page.getByLabel('batch_size', { exact: true }).fill('32');
  await page.getByText('Steps an epoch').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect.poll(() => page.evaluate('location.hash')).toMatch(/^#\/runs/);
  const statuses = () =>
    (
      JSON.parse(`[${served.unroll('--json', 'runs', 'list').trim().split('\n').join(',')}]`) as {
        status: string;
      }[]
    ).map(({ status }) => status);
  await expect.poll(statuses, { timeout: 60_000, interval: 1000 }).toEqual(['done', 'done']);
}, 90_000);

test('a renamed model’s runs keep the name before, and are shown with those after', async () => {
  const short = ['--limit', '32', '--epochs', '1', '--name', 'before'];
  served.unroll('train', '--model', 'ours', '--data', 'reviews', ...short);
  await screen('runs');
  await page.getByText('before', { exact: true }).first().waitFor();
  await screen('build/ours');
  await page.getByRole('tab', { name: 'Models' }).click();
  await page.getByRole('tabpanel', { name: 'Models' }).getByRole('button', { name: /^ours/ }).focus();
  await page.keyboard.press('F2');
  await page.getByLabel('New name of ours').fill('theirs');
  await page.keyboard.press('Enter');
  await page.getByText('The model is theirs now. 1 run trained before keeps the name ours.').waitFor();
  await page.getByRole('button', { name: 'Show all its runs' }).click();
  await page.getByText('before', { exact: true }).first().waitFor();
  expect(decodeURIComponent(page.url()).replaceAll('+', ' ')).toContain('model in ("ours", "theirs")');
});
