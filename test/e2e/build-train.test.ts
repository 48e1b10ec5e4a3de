import type { Browser, Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, startServe, type Served } from './browser.ts';

let served: Served;
let browser: Browser;
let page: Page;

const screen = (hash: string) => page.goto(new URL(`/#/${hash}`, served.address).href);
const stack = () => page.getByRole('list', { name: /^Layers of/ });
const layers = () =>
  stack()
    .locator('[data-node]')
    .evaluateAll((cards) => cards.map((card) => card.getAttribute('data-node')));
const card = (id: string) => stack().locator(`[data-node="${id}"]`);
const inspector = () => page.getByRole('region', { name: /^Settings of/ });
const fromPalette = (title: string) =>
  page.getByRole('tabpanel', { name: 'Layers' }).getByRole('button', { name: title, exact: true });
const undo = () => page.keyboard.press('Control+z');
const redo = () => page.keyboard.press('Control+Shift+Z');

/** Drags with the mouse, in steps, as a hand does. */
async function drag(from: Locator, to: { x: number; y: number }): Promise<void> {
  const box = (await from.boundingBox())!;
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2);
  await page.mouse.down();
  await page.mouse.move(to.x, to.y, { steps: 8 });
  await page.mouse.up();
}

/** The middle of the gap above the layer of this place. */
async function gap(place: number): Promise<{ x: number; y: number }> {
  const box = (await page.locator(`[data-gap="${place}"]`).boundingBox())!;
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
}

async function newModel(name: string): Promise<void> {
  await screen('build');
  await page.getByRole('button', { name: 'New', exact: true }).click();
  await page.getByLabel('Name of the model').fill(name);
  await expect.poll(layers).toEqual([]);
}

beforeAll(async () => {
  served = await startServe();
  served.unroll('data', 'generate', 'sentiment', '--name', 'reviews', '--examples', '200', '--length', '20');
  browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  page = await context.newPage();
  page.setDefaultTimeout(15_000);
  await page.goto(served.address);
});
afterAll(async () => {
  await browser?.close();
  await served?.stop();
});

test('a model is built with the mouse: dragged in, reordered, its gaps light up', async () => {
  await newModel('by-mouse');
  for (const [place, title] of ['Input', 'Embedding', 'Dense'].entries())
    await drag(fromPalette(title), await gap(place));
  expect(await layers()).toEqual(['input', 'embedding', 'dense']);

  const box = (await fromPalette('LSTM').boundingBox())!;
  await page.mouse.move(box.x + 20, box.y + 10);
  await page.mouse.down();
  const target = await gap(3);
  await page.mouse.move(target.x, target.y, { steps: 8 });
  await page.locator('[data-gap="3"].lit').waitFor();
  await page.mouse.up();
  expect(await layers()).toEqual(['input', 'embedding', 'dense', 'lstm']);

  await drag(card('lstm'), await gap(2));
  expect(await layers()).toEqual(['input', 'embedding', 'lstm', 'dense']);
  await undo();
  expect(await layers()).toEqual(['input', 'embedding', 'dense', 'lstm']);
  await redo();
  expect(await layers()).toEqual(['input', 'embedding', 'lstm', 'dense']);
});

test('a drag that is cancelled or ends elsewhere changes nothing', async () => {
  await drag(fromPalette('GRU'), { x: 1200, y: 300 });
  const box = (await card('dense').boundingBox())!;
  await page.mouse.move(box.x + 40, box.y + 10);
  await page.mouse.down();
  const top = await gap(0);
  await page.mouse.move(top.x, top.y, { steps: 4 });
  await page.keyboard.press('Escape');
  await page.mouse.up();
  expect(await layers()).toEqual(['input', 'embedding', 'lstm', 'dense']);
});

test('the lecture’s model is built by keyboard alone, with its parameter counts', async () => {
  await newModel('by-keyboard');
  for (const layer of ['input', 'embedding', 'simple', 'dense']) {
    await page.locator('main').focus();
    await page.keyboard.press('/');
    await page.keyboard.type(layer);
    await page.keyboard.press('Enter');
  }
  expect(await layers()).toEqual(['input', 'embedding', 'simple_rnn', 'dense']);
  await card('dense').focus();
  await page.keyboard.press('Enter');
  await expect.poll(() => page.evaluate('document.activeElement?.id !== ""')).toBe(true);
  await inspector().getByLabel('Units', { exact: true }).fill('1');
  await inspector().getByLabel('Activation', { exact: true }).selectOption('sigmoid');

  await card('embedding').focus();
  await page.keyboard.press('Alt+ArrowDown');
  expect(await layers()).toEqual(['input', 'simple_rnn', 'embedding', 'dense']);
  await page.keyboard.press('Alt+ArrowUp');
  expect(await layers()).toEqual(['input', 'embedding', 'simple_rnn', 'dense']);
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Control+d');
  expect(await layers()).toHaveLength(5);
  await page.keyboard.press('Delete');
  expect(await layers()).toEqual(['input', 'embedding', 'simple_rnn', 'dense']);
  await expectAccessible(page);
});

test('undo goes back to the empty model and redo to the last edit', async () => {
  const last = await page.locator('.totals').innerText();
  const undoButton = page.locator('.bar').getByRole('button', { name: /^Undo/ });
  for (let step = 0; step < 40 && (await undoButton.isEnabled()); step++) await undo();
  expect(await layers()).toEqual([]);
  const redoButton = page.locator('.bar').getByRole('button', { name: /^Redo/ });
  for (let step = 0; step < 40 && (await redoButton.isEnabled()); step++) await redo();
  expect(await layers()).toEqual(['input', 'embedding', 'simple_rnn', 'dense']);
  expect(await page.locator('.totals').innerText()).toBe(last);
});

test('one typed number is one step', async () => {
  await card('simple_rnn').click();
  const units = inspector().getByLabel('Units', { exact: true });
  const before = await units.inputValue();
  await units.focus();
  await units.press('Control+a');
  await units.pressSequentially('128');
  await units.press('Control+z');
  expect(await units.inputValue()).toBe(before);
});

test('a problem stands on its layer with the way out, and goes when it is fixed', async () => {
  await card('dense').click();
  await page.keyboard.press('Alt+ArrowUp');
  await page.keyboard.press('Delete');
  const units = inspector().getByLabel('Units', { exact: true });
  await card('simple_rnn').click();
  await units.fill('0');
  await page.getByText('Must be at least 1.').waitFor();
  await page
    .getByRole('button', { name: /problem/ })
    .first()
    .click();
  await page.getByRole('tab', { name: /^Problems \(/ }).waitFor();
  await expectAccessible(page);
  await units.fill('8');
  await page.getByRole('tab', { name: 'Problems', exact: true }).waitFor();
  for (let step = 0; step < 4; step++) await undo();
  expect(await layers()).toEqual(['input', 'embedding', 'simple_rnn', 'dense']);
});

test('summary, code and equations follow the model', async () => {
  await page.getByRole('tab', { name: 'Python' }).click();
  await page.getByRole('region', { name: 'Python code' }).getByText('SimpleRNN').waitFor();
  await page.getByRole('tab', { name: 'R', exact: true }).click();
  await page.getByRole('region', { name: 'R code' }).getByText('layer_simple_rnn').waitFor();
  await card('simple_rnn').click();
  await page.getByRole('tab', { name: 'Equations' }).click();
  await page.getByText(/h_t = .*tanh|tanh.*h_/).waitFor();
  await page.getByRole('tab', { name: 'Summary' }).click();
  await page.getByRole('region', { name: 'Keras summary' }).getByText('Total params').waitFor();
});

test('a model is saved, survives a reload, is renamed and deleted with undo', async () => {
  await page.keyboard.press('Control+s');
  await page.getByRole('dialog').getByLabel('Name').fill('mine');
  await page.getByRole('dialog').getByRole('button', { name: 'Save', exact: true }).click();
  await page.getByText('saved', { exact: true }).waitFor();
  await page.reload();
  await expect.poll(layers).toEqual(['input', 'embedding', 'simple_rnn', 'dense']);

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

test('the lecture’s model opens with 322,113 parameters', async () => {
  await screen('build/lecture-simple-rnn');
  await page.locator('.totals').getByText('322,113').waitFor();
  await page.getByRole('region', { name: 'Keras summary' }).getByText('322,113').first().waitFor();
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
