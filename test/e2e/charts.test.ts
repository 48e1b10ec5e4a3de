/** The frame's keys and the charts, on a workspace with two short runs. */
import { readFileSync } from 'node:fs';
import type { Browser, Download, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, startServe, type Served } from './browser.ts';
import { openPage, type Opened } from './page.ts';

let browser: Browser;
let served: Served;
let opened: Opened;
let page: Page;

beforeAll(async () => {
  [browser, served] = await Promise.all([launchBrowser(), startServe()]);
  served.unroll('data', 'generate', 'recall', '--name', 'recall', '--examples', '120', '--length', '8');
  const common = ['--data', 'recall', '--maxlen', '8', '--epochs', '6', '--seed', '1'];
  served.unroll('train', '--model', 'lecture-simple-rnn', '--name', 'simple', ...common);
  served.unroll('train', '--model', 'lecture-lstm', '--name', 'lstm', ...common);
  opened = await openPage(browser, served);
  page = opened.page;
});
afterAll(async () => {
  await browser?.close();
  await served?.stop();
});

const drawing = (metric: string) => page.getByRole('img', { name: new RegExp(`^${metric} by epoch`) });

async function openRun(name: string): Promise<void> {
  await page.keyboard.press('Control+k');
  await page.getByPlaceholder('Go to a screen').fill(name);
  await page.getByRole('option', { name: new RegExp(`^${name} `) }).click();
  await drawing('Loss').waitFor();
}

async function choose(action: string): Promise<void> {
  const chart = page.locator('figure').filter({ hasText: 'Loss' }).first();
  await chart.getByRole('button', { name: 'Save or show as table' }).click();
  await page.getByRole('menuitem', { name: action }).click();
}

async function saved(action: string): Promise<{ name: string; content: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download') as Promise<Download>, choose(action)]);
  return { name: download.suggestedFilename(), content: readFileSync(await download.path()) };
}

test('the palette finds models, data, runs and actions by their names', async () => {
  await opened.go('start');
  for (const [typed, heading] of [
    ['lstm', 'Runs'],
    ['recall', 'Data sets'],
    ['bidirectional', 'Models'],
    ['dark', 'Actions'],
  ] as const) {
    await page.keyboard.press('Control+k');
    await page.getByPlaceholder('Go to a screen').fill(typed);
    await page.getByRole('group', { name: heading }).getByRole('option').first().waitFor();
    await expectAccessible(page);
    await page.keyboard.press('Escape');
  }
  await page.emulateMedia({ colorScheme: 'light' });
});

test('G and a letter goes to a screen, but not from a field; ? shows the keys', async () => {
  await page.locator('main').focus();
  await page.keyboard.press('g');
  await page.keyboard.press('d');
  await page.waitForURL(/#\/data/);
  await page.getByLabel('Or a path on this machine').fill('');
  await page.getByLabel('Or a path on this machine').pressSequentially('gs?');
  expect(page.url()).toContain('#/data');
  await page.locator('main').focus();
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard shortcuts' }).waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Close', exact: true }).click();
});

test('in a small window the list of data sets waits behind a button, and goes when one is chosen', async () => {
  await page.setViewportSize({ width: 640, height: 400 });
  await opened.go('data');
  // The page hears of its new size a frame later.
  await page.getByRole('option', { name: /recall/ }).waitFor({ state: 'hidden' });
  await page.getByRole('button', { name: 'Show the list of data sets' }).click();
  await expectAccessible(page);
  await page.getByRole('option', { name: /recall/ }).click();
  await page.getByRole('heading', { level: 1, name: 'recall' }).waitFor();
  await page.getByRole('button', { name: 'Show the list of data sets' }).waitFor();
  await page.setViewportSize({ width: 1280, height: 800 });
  await page.getByRole('option', { name: /recall/ }).waitFor();
  const line = page.getByRole('separator', { name: 'Width of the list of data sets' });
  await line.press('Enter');
  await page.getByRole('button', { name: 'Show the list of data sets' }).click();
  await page.getByRole('option', { name: /recall/ }).waitFor();
});

test('dragging over one chart zooms all of its group, and double click shows all again', async () => {
  await openRun('simple');
  const box = (await drawing('Loss').boundingBox())!;
  const height = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * 0.4, height);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * 0.6, height, { steps: 5 });
  await page.mouse.up();
  const resets = page.getByRole('button', { name: 'Reset zoom' });
  await expect.poll(() => resets.count()).toBe(2);
  await drawing('Accuracy').dblclick();
  await expect.poll(() => resets.count()).toBe(0);
  await drawing('Loss').focus();
  await page.keyboard.press('+');
  await expect.poll(() => resets.count()).toBe(2);
  await page.keyboard.press('Escape');
  await expect.poll(() => resets.count()).toBe(0);
});

test('dragging between two epochs shows both, and dragging over all of them zooms nothing', async () => {
  const loss = drawing('Loss');
  const box = (await loss.boundingBox())!;
  const resets = page.getByRole('button', { name: 'Reset zoom' });
  const drag = async (from: number, to: number) => {
    const height = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * from, height);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * to, height, { steps: 3 });
    await page.mouse.up();
    await page.mouse.move(0, 0);
  };
  await drag(0.4, 0.44);
  await expect.poll(() => resets.count()).toBe(2);
  await loss.focus();
  const reached: string[] = [];
  for (let press = 0; press < 4; press++) {
    await page.keyboard.press('ArrowRight');
    reached.push((await loss.textContent())!.match(/epoch\s+(\d+)/)?.[1] ?? '');
  }
  const first = Number(reached[0]);
  expect(reached.slice(0, 2)).toEqual([first, first + 1].map(String));
  await page.keyboard.press('Escape');
  await expect.poll(() => resets.count()).toBe(0);
  await drag(0.02, 0.99);
  expect(await resets.count()).toBe(0);
});

test('a chart is saved with title, axes and legend, and its values as they are', async () => {
  const svg = await saved('Save as SVG');
  expect(svg.name).toBe('Loss.svg');
  for (const word of ['Loss', 'epoch', 'binary cross-entropy', 'validation', 'training'])
    expect(svg.content.toString()).toContain(`>${word}</text>`);
  const png = await saved('Save as PNG');
  expect(png.name).toBe('Loss.png');
  expect(png.content.subarray(1, 4).toString()).toBe('PNG');
  // IHDR: width and height.
  expect([png.content.readUInt32BE(16), png.content.readUInt32BE(20)]).toEqual([1920, 1080]);
  const csv = await saved('Save values as CSV');
  const lines = csv.content.toString().trim().split('\r\n');
  expect(lines[0]).toBe('epoch,validation,training');
  expect(lines).toHaveLength(7);
});

test('a chart can be read as a table', async () => {
  await choose('Show as table');
  const table = page.getByRole('grid', { name: 'Loss, as a table' });
  const titles = await table.getByRole('columnheader').allTextContents();
  expect(titles.map((title) => title.trim())).toEqual(['epoch', 'validation', 'training']);
  expect(await table.getByRole('row').count()).toBe(7);
  await expectAccessible(page);
  await choose('Show as curves');
  await drawing('Loss').waitFor();
  expect(opened.complaints).toEqual([]);
});
