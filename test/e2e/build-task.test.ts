/** What a new user does first, problems mended with one click, templates, swapped cells, revisions, files, small screens. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, startServe, type Served } from './browser.ts';
import { CanvasPage } from './canvas.ts';
import { openPage, type Opened } from './page.ts';

let served: Served;
let browser: Browser;
let opened: Opened;
let page: Page;
let canvas: CanvasPage;

const menu = async (item: string | RegExp) => {
  await page.getByRole('button', { name: 'Model', exact: true }).click();
  await page.getByRole('menuitem', { name: item }).click();
};
const inspector = () => canvas.inspector();
const totals = () => page.locator('.totals');

beforeAll(async () => {
  [browser, served] = await Promise.all([launchBrowser(), startServe()]);
  served.unroll('data', 'generate', 'sentiment', '--name', 'reviews', '--examples', '200', '--length', '20');
  opened = await openPage(browser, served, { height: 1000 });
  ({ page } = opened);
  page.setDefaultTimeout(10_000);
  canvas = new CanvasPage(page);
  await opened.go('build');
  await page.getByText('Drop a layer here').waitFor();
});
afterAll(async () => {
  await browser?.close();
  await served?.stop();
  expect(opened.complaints).toEqual([]);
});

test('from an empty canvas: two LSTM on an Embedding, mended, swapped to GRU, undone, trained', async () => {
  for (const type of ['Input', 'Embedding', 'LSTM', 'LSTM', 'Dense']) await canvas.fromPalette(type).click();
  expect(await canvas.layers()).toEqual(['input', 'embedding', 'lstm', 'lstm_1', 'dense']);

  await canvas.card('lstm_1').click();
  await canvas
    .card('lstm_1')
    .locator('..')
    .getByRole('button', { name: 'Turn on return_sequences in lstm' })
    .click();
  await canvas.edge('lstm lstm_1 0').getByText('(None, 500, 32)').waitFor();
  await canvas.undo();
  await canvas.edge('lstm lstm_1 0').getByText('(None, 32)').waitFor();
  await canvas.redo();
  await totals().getByText('336,673').waitFor();

  await menu('Swap the cell…');
  await page.getByRole('dialog').getByText('GRU', { exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Swap here' }).click();
  expect(await canvas.layers()).toEqual(['input', 'embedding', 'gru', 'gru_1', 'dense']);
  await canvas.undo();
  expect(await canvas.layers()).toEqual(['input', 'embedding', 'lstm', 'lstm_1', 'dense']);

  await page.getByLabel('for data').selectOption('reviews');
  await totals().getByText('no problems').waitFor();
  await page.getByRole('button', { name: 'Train this' }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('first-model');
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await expect.poll(() => page.url()).toContain('#/train');
  await page.getByLabel('epochs', { exact: true }).fill('1');
  await page.getByRole('button', { name: 'Start training' }).click();
  await expect.poll(() => page.url()).toContain('#/runs');
  const status = () => (JSON.parse(served.unroll('--json', 'runs', 'list')) as { status: string }).status;
  await expect.poll(status, { timeout: 60_000, interval: 1000 }).toBe('done');
}, 90_000);

test('every problem offers repairs that are steps to undo, and the problem goes', async () => {
  await opened.go('build');
  await canvas.begin('wrong');
  for (const type of ['Input', 'Embedding', 'SimpleRNN', 'Dense']) await canvas.fromPalette(type).click();
  await canvas.card('dense').click();
  await inspector().getByLabel('Units', { exact: true }).fill('3');
  await page.getByRole('tab', { name: /^Problems/ }).click();
  const panel = page.getByRole('tabpanel', { name: /^Problems/ });
  for (let i = 0; i < 5 && (await panel.locator('li').count()) > 0; i++) {
    const repair = panel.locator('.repairs button').first();
    const words = await repair.innerText();
    await repair.click();
    await page.getByRole('button', { name: `Undo: ${words}` }).waitFor();
  }
  await totals().getByText('no problems').waitFor();
  await expectAccessible(page);
});

test('a template is begun from, and a model becomes one', async () => {
  await menu('Begin from a template…');
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^Bidirectional LSTM/ })
    .click();
  await expect.poll(canvas.layers).toEqual(['input', 'embedding', 'bidirectional', 'dense']);
  await canvas.card('bidirectional').click();
  await menu('Save as a template…');
  await page.getByRole('dialog').getByLabel('Name').fill('both-ways');
  await page.getByRole('dialog').getByLabel('Description').fill('Reads from both ends.');
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await canvas.begin('other');
  await page.getByRole('button', { name: 'Begin from a template' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: /^both-ways.*Reads from both ends/ })
    .click();
  await expect.poll(canvas.layers).toEqual(['input', 'embedding', 'bidirectional', 'dense']);
});

test('cells are swapped into a new model, and both are chosen for training', async () => {
  await page.locator('main').focus();
  await page.keyboard.press('Control+s');
  await page.getByRole('dialog').getByLabel('Name').fill('pair');
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  await menu('Swap the cell…');
  await page.getByRole('dialog').getByText('SimpleRNN', { exact: true }).click();
  await page.getByRole('dialog').getByLabel('Match the number of parameters').check();
  await page
    .getByRole('dialog')
    .getByText(/parameters become/)
    .waitFor();
  await page.getByRole('dialog').getByRole('button', { name: 'Swap into a new model and compare' }).click();
  await expect.poll(() => page.url()).toContain('#/train');
  for (const name of ['pair', 'pair-simple-rnn'])
    expect(await page.getByRole('checkbox', { name: new RegExp(`^${name} `) }).isChecked()).toBe(true);
});

test('every save is a revision; an earlier one is restored, and that is undone', async () => {
  await opened.go('build');
  await canvas.card('dense').click();
  await inspector().getByLabel('Units', { exact: true }).fill('4');
  await page.keyboard.press('Control+s');
  await page.locator('.bar').getByText('saved', { exact: true }).waitFor();
  await page.getByRole('tab', { name: 'Revisions' }).click();
  await page.getByRole('button', { name: 'Restore revision 1' }).click();
  await canvas.card('dense').getByText('units 1 ·').waitFor();
  await page.locator('.bar').getByText('changed since saved').waitFor();
  await expectAccessible(page);
  await canvas.undo();
  await canvas.card('dense').getByText('units 4 ·').waitFor();
  await page.getByRole('tab', { name: 'Layers' }).click();
});

test('a title that is free is saved under as it stands, and renames what is saved', async () => {
  await canvas.begin('titled');
  await canvas.fromPalette('Input').click();
  await canvas.fromPalette('Embedding').click();
  await page.keyboard.press('Control+s');
  await page.getByText('Saved titled', { exact: true }).waitFor();
  await page.getByLabel('Name of the model').fill('pair');
  await page.keyboard.press('Control+s');
  await page.getByText('A model named pair already exists.').first().waitFor();
  await page.getByLabel('Name of the model').fill('retitled');
  await page.keyboard.press('Control+s');
  await page.getByText('Saved retitled, which was titled').waitFor();
  await page.locator('.bar').getByText('saved', { exact: true }).waitFor();
  const names = served.unroll('models', 'list');
  expect(names).toContain('retitled');
  expect(names).not.toMatch(/^titled/m);
});

test('a renamed layer stays the selected one', async () => {
  await canvas.card('input').click();
  await inspector().getByLabel('Layer name').fill('begin');
  await inspector().getByLabel('Layer name').press('Enter');
  await canvas.card('begin').waitFor();
  expect(await inspector().getByLabel('Layer name').inputValue()).toBe('begin');
  expect(await page.locator('[data-node][aria-current]').getAttribute('data-node')).toBe('begin');
});

test('a model that another window changed is not saved over, and can be opened again', async () => {
  await page.keyboard.press('Control+s');
  // Also the draft behind the revision is written: the other window begins from it.
  await page.locator('.state[title^="The newest revision"]').waitFor();
  const other = await openPage(browser, served);
  const here = new CanvasPage(other.page);
  await other.go('build');
  await here.fromPalette('Flatten').click();
  await here.card('flatten').waitFor();
  await other.page.locator('.state[title^="The draft"]').waitFor();
  await canvas.fromPalette('Dense').click();
  await page.getByText('not kept').waitFor();
  await page.keyboard.press('Control+s');
  await page.locator('[data-sonner-toast]').getByText('was changed in another window').waitFor();
  expect(served.unroll('models', 'show', 'retitled')).not.toContain('Dense');
  await page.getByRole('button', { name: 'Open it again' }).click();
  await canvas.card('flatten').waitFor();
  expect(await page.getByText('not kept').count()).toBe(0);
  await other.page.keyboard.press('Control+s');
  await other.page.locator('.bar').getByText('saved', { exact: true }).waitFor();
  await canvas.fromPalette('Dense').click();
  await page.getByText('not kept').waitFor();
  await page.keyboard.press('Control+Shift+s');
  await page.getByRole('dialog').getByLabel('Name').fill('mine-then');
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await page.locator('.bar').getByText('saved', { exact: true }).waitFor();
  expect(served.unroll('models', 'show', 'mine-then')).toContain('Dense');
  await other.page.context().close();
});

const layer = (id: string, ...inputs: string[]) => ({ id, type: 'Flatten', config: {}, inputs });
const modelOf = (nodes: readonly object[]) =>
  JSON.stringify({ format: 'unroll-model', version: 1, name: 'n', nodes });

test('a file that is no model is refused in words, and the model stays', async () => {
  const before = await canvas.layers();
  const file = join(served.workspace, 'model.json');
  for (const [content, words] of [
    ['not json', 'it is not JSON'],
    ['{"format":"other"}', 'it is not an Unroll model file'],
    ['{"format":"unroll-model","version":9,"name":"n","nodes":[]}', 'it has format 9'],
    [modelOf([{ ...layer('x'), type: 'Conv9D' }]), 'layer x has the unknown type Conv9D'],
    [modelOf([layer('a', 'b'), layer('b', 'a')]), 'its layers read one another in a circle'],
    [modelOf(Array.from({ length: 10_000 }, (_, i) => layer(`layer_${i}`))), 'it has 10000 layers'],
  ] as const) {
    writeFileSync(file, content);
    await page.getByLabel('Model file').setInputFiles(file);
    await page.getByText(words).first().waitFor();
  }
  expect(await canvas.layers()).toEqual(before);
  const model = { id: 'input', type: 'Input', config: { shape: [7, 2] }, inputs: [] };
  writeFileSync(
    file,
    JSON.stringify({ format: 'unroll-model', version: 1, name: 'from-a-file', nodes: [model] }),
  );
  await page.getByLabel('Model file').setInputFiles(file);
  await canvas.card('input').getByText('shape (7, 2)').waitFor();
});

test('at 640 × 400 panes lie over the canvas, one at a time, and a model can still be built', async () => {
  await page.setViewportSize({ width: 640, height: 400 });
  const side = page.getByRole('button', { name: 'Layers and models' });
  expect(await page.getByRole('tabpanel', { name: 'Layers' }).count()).toBe(0);
  await side.click();
  await canvas.fromPalette('LSTM').click();
  expect(await canvas.layers()).toEqual(['input', 'lstm']);
  await canvas.card('lstm').focus();
  await page.keyboard.press('Enter');
  await inspector().getByLabel('Units', { exact: true }).fill('5');
  await page.keyboard.press('Escape');
  await canvas.card('lstm').getByText('units 5').waitFor();
  const width = await page.evaluate(() => document.documentElement.scrollWidth);
  expect(width).toBeLessThanOrEqual(640);
  // Away from the buttons, whose tooltips come and go.
  await page.mouse.move(400, 300);
  await page.locator('.floating-tip').waitFor({ state: 'detached' });
  await expectAccessible(page);
});
