/** The canvas under a real pointer: dragging in, connecting, moving, copying, and what is refused. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { longModel } from '../unit/shared/graph/long-model.ts';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, startServe, type Served } from './browser.ts';
import { CanvasPage, middle } from './canvas.ts';
import { openPage } from './page.ts';

let served: Served;
let browser: Browser;
let page: Page;
let complaints: string[];
let canvas: CanvasPage;

beforeAll(async () => {
  [browser, served] = await Promise.all([launchBrowser(), startServe()]);
  const opened = await openPage(browser, served, { height: 1000 });
  ({ page, complaints } = opened);
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  canvas = new CanvasPage(page);
  await opened.go('build');
});
afterAll(async () => {
  await browser?.close();
  await served?.stop();
  expect(complaints).toEqual([]);
});

test('an empty model invites, without calling that a problem', async () => {
  await page.getByText('Drop a layer here').waitFor();
  expect(await page.locator('.totals').innerText()).not.toContain('problem');
  await expectAccessible(page);
});

test('layers are dragged onto the canvas, behind the last one, and onto an edge', async () => {
  await canvas.begin('by-pointer');
  await canvas.drag(canvas.fromPalette('Input'), await canvas.free(0.5, 0.2));
  expect(await canvas.layers()).toEqual(['input']);
  const below = await canvas.port('input', 'source');
  await canvas.drag(canvas.fromPalette('Embedding'), { x: below.x, y: below.y + 40 }, () =>
    page.getByText('after input').waitFor(),
  );
  const end = await canvas.port('embedding', 'source');
  await canvas.drag(canvas.fromPalette('Dense'), { x: end.x + 20, y: end.y + 30 });
  expect(await canvas.edges()).toEqual(['embedding dense 0', 'input embedding 0']);

  const edge = await middle(canvas.edge('embedding dense 0'));
  await canvas.drag(canvas.fromPalette('LSTM'), edge, () =>
    page.getByText('between embedding and dense').waitFor(),
  );
  expect(await canvas.layers()).toEqual(['input', 'embedding', 'lstm', 'dense']);
  expect(await canvas.edges()).toEqual(['embedding lstm 0', 'input embedding 0', 'lstm dense 0']);
  await canvas.edge('embedding lstm 0').getByText('(None, 500, 32)').waitFor();
  await canvas.card('lstm').getByText('8,320').waitFor();
  await page.locator('.totals').getByText('328,353').waitFor();
});

test('a layer that cannot stand between two others is refused while it is dragged, with the reason', async () => {
  const edge = await middle(canvas.edge('lstm dense 0'));
  await canvas.drag(canvas.fromPalette('Input'), edge, () =>
    page.getByText('it cannot stand between two layers').waitFor(),
  );
  expect(await canvas.layers()).toHaveLength(4);
});

test('a drag that is cancelled or ends elsewhere changes nothing', async () => {
  await canvas.drag(canvas.fromPalette('GRU'), { x: 1200, y: 300 });
  await canvas.drag(canvas.fromPalette('GRU'), await canvas.free(), () => page.keyboard.press('Escape'));
  expect(await canvas.layers()).toHaveLength(4);
});

test('branches are drawn from port to port; circles are refused with the reason', async () => {
  const edge = await middle(canvas.edge('lstm dense 0'));
  await canvas.drag(canvas.fromPalette('Concatenate'), edge);
  await canvas.drag(canvas.fromPalette('GRU'), await canvas.free(0.82, 0.45), () =>
    page.getByText('on its own').waitFor(),
  );
  await canvas.drag(await canvas.port('embedding', 'source'), await canvas.port('gru', 'target'));
  await canvas.drag(await canvas.port('gru', 'source'), await canvas.port('concatenate', 'target'));
  await expect.poll(canvas.edges).toContain('gru concatenate 1');
  expect(await canvas.edges()).toContain('embedding gru 0');
  await canvas.edge('concatenate dense 0').getByText('(None, 64)').waitFor();
  await page.getByText('no problems').waitFor();

  const before = await canvas.edges();
  await canvas.drag(await canvas.port('dense', 'source'), await canvas.port('concatenate', 'target'), () =>
    page.getByText('this would close a circle').waitFor(),
  );
  expect(await canvas.edges()).toEqual(before);
});

test('one end of a connection is dragged to another layer, unless that leaves a second output', async () => {
  /** The upper end of a connection, a little below the port. */
  const upperEnd = async (id: string) => {
    const { x, y } = await canvas.port(id, 'source');
    return { x, y: y + 15 };
  };
  await canvas.drag(await upperEnd('gru'), await canvas.port('embedding', 'source'), () =>
    page.getByText('Nothing would read gru any more').waitFor(),
  );
  expect(await canvas.edges()).toContain('gru concatenate 1');

  // A layer on a port reads the one there; then it takes the other's place.
  await canvas.drag(canvas.fromPalette('SimpleRNN'), await canvas.port('embedding', 'source'), () =>
    page.getByText('a branch of embedding').waitFor(),
  );
  await page.keyboard.press('f');
  await canvas.drag(await upperEnd('gru'), await canvas.port('simple_rnn', 'source'));
  await expect.poll(canvas.edges).toContain('simple_rnn concatenate 1');
  await canvas.undo();
  await canvas.undo();
  expect(await canvas.edges()).toContain('gru concatenate 1');
});

test('cards are moved and chosen with a box; one drag is one step', async () => {
  const before = await middle(canvas.card('gru'));
  await canvas.drag(canvas.card('gru'), { x: before.x + 40, y: before.y + 64 });
  const after = await middle(canvas.card('gru'));
  expect(after.y - before.y).toBeGreaterThan(30);
  await canvas.undo();
  await expect.poll(() => middle(canvas.card('gru'))).toEqual(before);

  const box = (await page.locator('.svelte-flow').boundingBox())!;
  await page.keyboard.down('Shift');
  await canvas.drag({ x: box.x + 4, y: box.y + 4 }, { x: box.x + box.width - 4, y: box.y + box.height - 60 });
  await page.keyboard.up('Shift');
  await expect.poll(() => page.locator('[data-node][aria-current]').count()).toBeGreaterThan(3);
});

test('layers are copied into another model, cut, pasted, doubled and deleted with the chain healed', async () => {
  await canvas.card('lstm').click();
  await page.keyboard.press('Control+c');
  await canvas.begin('elsewhere');
  await page.locator('.canvas').getByRole('button', { name: 'Add a layer' }).focus();
  await page.keyboard.press('Control+v');
  await expect.poll(canvas.layers).toEqual(['lstm']);
  await page.keyboard.press('Control+d');
  expect(await canvas.layers()).toEqual(['lstm', 'lstm_1']);
  await page.keyboard.press('Control+d');
  expect(await canvas.edges()).toEqual(['lstm lstm_1 0', 'lstm_1 lstm_2 0']);
  await canvas.card('lstm_1').click();
  await page.keyboard.press('Control+x');
  expect(await canvas.edges()).toEqual(['lstm lstm_2 0']);
  await canvas.card('lstm_2').click();
  await page.keyboard.press('Control+v');
  await expect.poll(canvas.layers).toHaveLength(3);
  await canvas.undo();
  await canvas.undo();
  expect(await canvas.edges()).toEqual(['lstm lstm_1 0', 'lstm_1 lstm_2 0']);
});

test('the text of model.to_json() is pasted as its layers, in one step', async () => {
  const before = await canvas.layers();
  const keras = readFileSync(join(import.meta.dirname, '../fixtures/models/branches.json'), 'utf8');
  await page.evaluate((text) => navigator.clipboard.writeText(text), keras);
  await canvas.card(before[0]!).click();
  await page.keyboard.press('Control+v');
  await expect.poll(async () => (await canvas.layers()).length).toBeGreaterThan(before.length + 2);
  await canvas.undo();
  await expect.poll(canvas.layers).toEqual(before);
});

test('a connection is chosen by the shape on it, and Delete takes it away', async () => {
  const { x, y } = await middle(canvas.edge('lstm lstm_1 0'));
  await page.mouse.click(x, y);
  await page.locator('.canvas [data-edge].chosen').waitFor();
  await page.keyboard.press('Delete');
  await expect.poll(canvas.edges).toEqual(['lstm_1 lstm_2 0']);
  await canvas.undo();
  await expect.poll(canvas.edges).toEqual(['lstm lstm_1 0', 'lstm_1 lstm_2 0']);
});

test('of two hundred layers those in sight are drawn; keys, the map and undo lead to the others', async () => {
  const file = join(served.workspace, 'long.json');
  writeFileSync(file, JSON.stringify(longModel(200)));
  await page.getByLabel('Model file').setInputFiles(file);
  await canvas.card('layer_0').waitFor();
  expect((await canvas.layers()).length).toBeLessThan(40);
  const focused = () => page.evaluate(() => document.activeElement?.getAttribute('data-node'));
  const inSight = async (id: string) => {
    const [{ x, y }, box] = [await middle(canvas.card(id)), await page.locator('.svelte-flow').boundingBox()];
    return x > box!.x && x < box!.x + box!.width && y > box!.y && y < box!.y + box!.height;
  };
  await canvas.card('input').focus();
  await page.keyboard.press('End');
  await expect.poll(focused).toBe('layer_197');
  expect(await inSight('layer_197')).toBe(true);
  expect(await canvas.card('layer_100').count()).toBe(0);
  await page.keyboard.press('Delete');
  await expect.poll(focused).toBe('layer_196');
  await page.getByRole('img', { name: 'Map of the model' }).click({ position: { x: 60, y: 8 } });
  await expect.poll(() => inSight('input')).toBe(true);
  await canvas.undo();
  await expect.poll(focused).toBe('layer_197');
  expect(await inSight('layer_197')).toBe(true);
});

test('a connection let go over the empty canvas offers the layers that fit there; one is put there in one step', async () => {
  await canvas.begin('loose');
  for (const type of ['Input', 'Embedding']) await canvas.fromPalette(type).click();
  const letGo = async () =>
    canvas.drag(await canvas.port('embedding', 'source'), await canvas.free(0.75, 0.5));
  const picker = page.getByRole('dialog', { name: 'Layers that can read embedding (None, 500, 32)' });
  await letGo();
  await picker.waitFor();
  expect(await picker.getByRole('button', { name: 'Embedding', exact: true }).count()).toBe(0);
  await expectAccessible(page);
  await page.keyboard.press('Escape');
  await picker.waitFor({ state: 'detached' });
  expect(await canvas.layers()).toEqual(['input', 'embedding']);

  await letGo();
  await page.keyboard.type('lstm');
  await page.keyboard.press('Enter');
  await expect.poll(canvas.edges).toEqual(['embedding lstm 0', 'input embedding 0']);
  await canvas.edge('embedding lstm 0').getByText('(None, 500, 32)').waitFor();
  await canvas.undo();
  expect(await canvas.layers()).toEqual(['input', 'embedding']);

  await letGo();
  await picker.getByRole('button', { name: 'Conv1D', exact: true }).click();
  await expect.poll(canvas.edges).toContain('embedding conv1d 0');
  await canvas.drag(await canvas.port('conv1d', 'target'), await canvas.free(0.75, 0.3));
  await page.getByText('conv1d already reads embedding; Conv1D takes one input.').waitFor();
});
