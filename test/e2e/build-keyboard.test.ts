/** The editor without a pointer: building, walking, connecting, changing and undoing by key, and a new user's task. */
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

const focused = () =>
  page.evaluate(() => document.activeElement?.getAttribute('data-node') ?? document.activeElement?.tagName);
/** Adds layers the way a hand on the keyboard does: the palette's key, a few letters, Enter. */
async function add(...names: string[]): Promise<void> {
  for (const name of names) {
    await page.keyboard.press('/');
    await page.keyboard.type(name);
    await page.keyboard.press('Enter');
  }
}

beforeAll(async () => {
  [browser, served] = await Promise.all([launchBrowser(), startServe()]);
  served.unroll('data', 'generate', 'sentiment', '--name', 'reviews', '--examples', '200', '--length', '20');
  opened = await openPage(browser, served);
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

test('the lecture’s model is built by keyboard alone, with its parameter counts', async () => {
  await page.locator('main').focus();
  await add('input', 'embedding', 'simple', 'dense');
  expect(await canvas.layers()).toEqual(['input', 'embedding', 'simple_rnn', 'dense']);
  await page.locator('.totals').getByText('322,113').waitFor();
});

test('arrows walk the model, and Alt moves a layer along its chain', async () => {
  await canvas.card('dense').focus();
  await page.keyboard.press('ArrowUp');
  expect(await focused()).toBe('simple_rnn');
  await page.keyboard.press('Home');
  expect(await focused()).toBe('input');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Alt+ArrowDown');
  expect(await canvas.layers()).toEqual(['input', 'simple_rnn', 'embedding', 'dense']);
  expect(await focused()).toBe('embedding');
  await page.keyboard.press('Alt+ArrowUp');
  expect(await canvas.layers()).toEqual(['input', 'embedding', 'simple_rnn', 'dense']);
});

test('Shift chooses several, Delete heals the chain, Escape chooses none', async () => {
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowUp');
  expect(await page.locator('[data-node][aria-current]').count()).toBe(2);
  await page.keyboard.press('Delete');
  expect(await canvas.edges()).toEqual(['input dense 0']);
  await canvas.undo();
  expect(await canvas.layers()).toEqual(['input', 'embedding', 'simple_rnn', 'dense']);
  await canvas.card('simple_rnn').focus();
  await page.keyboard.press('Escape');
  expect(await page.locator('[data-node][aria-current]').count()).toBe(0);
});

test('Ctrl+K adds a layer by its name', async () => {
  await canvas.card('simple_rnn').focus();
  await page.keyboard.press('Control+k');
  await page.keyboard.type('add layernorm');
  await page.keyboard.press('Enter');
  await expect.poll(canvas.edges).toContain('simple_rnn layer_normalization 0');
  await expect.poll(focused).toBe('layer_normalization');
  await canvas.undo();
});

test('C connects: arrows choose the layer, what is refused says why, Enter connects', async () => {
  await canvas.card('simple_rnn').focus();
  await page.keyboard.press('Insert');
  await page.keyboard.type('concat');
  await page.keyboard.press('Enter');
  expect(await canvas.edges()).toContain('concatenate dense 0');
  await canvas.card('concatenate').focus();
  await page.keyboard.press('c');
  await page.keyboard.press('ArrowUp');
  await page.getByText('this would close a circle').first().waitFor();
  await page.keyboard.press('Enter');
  expect(await canvas.edges()).toHaveLength(4);
  await page.keyboard.press('Escape');
  await canvas.card('embedding').focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('c');
  await page.getByText('Enter connects embedding to concatenate').first().waitFor();
  await page.keyboard.press('Enter');
  expect(await canvas.edges()).toContain('embedding concatenate 1');
  await canvas.undo();
  await canvas.undo();
  expect(await canvas.edges()).toHaveLength(3);
});

test('a connection is moved to another layer, and taken away, in the settings', async () => {
  await canvas.card('dense').focus();
  await page.keyboard.press('Enter');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.press('Shift+Tab');
  await page.keyboard.type('emb');
  await expect.poll(canvas.edges).toContain('embedding dense 0');
  await canvas.undo();
  await expect.poll(canvas.edges).toContain('simple_rnn dense 0');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Enter');
  await expect.poll(canvas.edges).not.toContain('simple_rnn dense 0');
  await canvas.undo();
  await expect.poll(canvas.edges).toContain('simple_rnn dense 0');
});

test('Enter leads to the settings; one typed number is one step; a default is given back', async () => {
  await canvas.card('dense').focus();
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  const units = canvas.inspector().getByLabel('Units', { exact: true });
  await expect.poll(() => units.evaluate((field) => field === document.activeElement)).toBe(true);
  await page.keyboard.press('Control+a');
  await page.keyboard.type('128');
  await page.locator('.totals').getByText('340,737').waitFor();
  await page.keyboard.press('Control+z');
  expect(await units.inputValue()).toBe('32');
  await canvas.inspector().getByLabel('Activation', { exact: true }).selectOption('relu');
  await canvas.inspector().getByRole('button', { name: 'Reset Activation to tanh' }).press('Enter');
  expect(await canvas.inspector().getByLabel('Activation', { exact: true }).inputValue()).toBe('tanh');
  await expectAccessible(page);
});

test('what is being typed for one layer is not shown for the next', async () => {
  const units = canvas.inspector().getByLabel('Units', { exact: true });
  const name = canvas.inspector().getByLabel('Layer name');
  await canvas.card('simple_rnn').focus();
  await units.fill('abc');
  await canvas.inspector().getByText('Type a number.').waitFor();
  await name.fill('two words');
  await page.keyboard.press('Tab');
  await canvas.inspector().getByText('no spaces').waitFor();
  await canvas.card('dense').focus();
  expect([await units.inputValue(), await name.inputValue()]).toEqual(['1', 'dense']);
  expect(
    await canvas
      .inspector()
      .getByText(/Type a number|has no spaces/)
      .count(),
  ).toBe(0);
  await canvas.card('simple_rnn').focus();
  expect([await units.inputValue(), await name.inputValue()]).toEqual(['32', 'simple_rnn']);
});

test('? lists the keys, the editor’s first, and what is typed elsewhere is undone there', async () => {
  await canvas.card('dense').focus();
  await page.keyboard.press('?');
  const list = page.getByRole('dialog', { name: 'Keyboard shortcuts' });
  await list.getByText('Connect to another layer').waitFor();
  expect(await page.getByRole('dialog').count()).toBe(1);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await list.waitFor({ state: 'detached' });

  const before = await canvas.layers();
  await page.keyboard.press('Control+Shift+S');
  const name = page.getByRole('dialog').getByLabel('Name');
  await name.fill('other');
  await page.keyboard.press('Control+z');
  expect(await name.inputValue()).not.toBe('other');
  expect(await canvas.layers()).toEqual(before);
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
});

test('several layers are changed at once', async () => {
  await canvas.card('simple_rnn').focus();
  await page.keyboard.press('Control+d');
  await page.keyboard.press('Shift+ArrowUp');
  await page
    .getByRole('region', { name: 'Settings of 2 layers' })
    .getByLabel('Units', { exact: true })
    .fill('16');
  await canvas.card('simple_rnn').getByText('units 16').waitFor();
  await canvas.card('simple_rnn_1').getByText('units 16').waitFor();
  await canvas.undo();
  await canvas.undo();
  expect(await canvas.layers()).toEqual(['input', 'embedding', 'simple_rnn', 'dense']);
});

test('undo goes back to the empty model and redo to the last edit, also after a restart', async () => {
  const undoButton = page.locator('.bar').getByRole('button', { name: /^Undo/ });
  const redoButton = page.locator('.bar').getByRole('button', { name: /^Redo/ });
  const redoAll = async () => {
    for (let step = 0; step < 60 && (await redoButton.isEnabled()); step++) await canvas.redo();
  };
  await redoAll();
  const last = { layers: await canvas.layers(), totals: await page.locator('.totals').innerText() };
  await page.reload();
  await expect.poll(canvas.layers).toEqual(last.layers);
  for (let step = 0; step < 60 && (await undoButton.isEnabled()); step++) await canvas.undo();
  expect(await canvas.layers()).toEqual([]);
  await redoAll();
  expect(await canvas.layers()).toEqual(last.layers);
  expect(await page.locator('.totals').innerText()).toBe(last.totals);
});
