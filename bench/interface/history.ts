/** One page on the history of runs: loading it, scrolling, filtering, and laying curves over one another. */
import type { Browser, Page } from 'playwright-core';
import { SERIES_COLOURS } from '../../src/renderer/charts/series.ts';

export interface Measure {
  name: 'load' | 'within' | 'frames' | 'dropped' | 'filter' | 'search' | 'sort' | 'two' | 'fifty';
  title: string;
  bar: string;
  digits?: number;
}

export const MEASURES: readonly Measure[] = [
  { name: 'load', title: 'cold load to a usable table (ms)', bar: '< 700' },
  { name: 'within', title: 'from another screen to the table (ms)', bar: '< 300' },
  { name: 'frames', title: 'scrolling: a frame, 95th percentile (ms)', bar: '16.7', digits: 1 },
  { name: 'dropped', title: 'scrolling: frames later than one behind, of 120', bar: '0' },
  { name: 'filter', title: 'filter by cell and best val_acc (ms)', bar: '< 100' },
  { name: 'search', title: 'search by words (ms)', bar: '< 100' },
  { name: 'sort', title: 'sort by best val_acc (ms)', bar: '< 100' },
  { name: 'two', title: 'overlay of two runs (ms)', bar: '< 200' },
  { name: 'fifty', title: 'overlay of fifty runs (ms)', bar: '< 500' },
];

export type Times = Record<Measure['name'], number>;

const FILTER = 'model.cell = "lstm" and best(val_acc) > 0.85';

/**
 * Marks the time of the first frame at which the table has rows. It is installed before the page's own script, and looks
 * once a frame, so that it neither misses the moment nor slows what it measures.
 */
const WATCH = `
  const look = () => {
    if (document.querySelector('[role=grid] [data-key]')) requestAnimationFrame(() => { window.usableAt = performance.now(); });
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
`;

/** Milliseconds from an action in the page to the frame after the condition holds. Both are JavaScript, run in the page. */
function timed(page: Page, action: string, condition: string): Promise<number> {
  return page.evaluate(`new Promise((resolve, reject) => {
    const begun = performance.now();
    (() => { ${action} })();
    const look = () => {
      if (${condition}) requestAnimationFrame(() => resolve(performance.now() - begun));
      else if (performance.now() - begun > 20000) reject(new Error(${JSON.stringify(`never: ${condition}`)}));
      else requestAnimationFrame(look);
    };
    look();
  })`);
}

/** When the table had rows, in milliseconds after navigation began. */
async function usableAt(page: Page): Promise<number> {
  await until(page, 'window.usableAt');
  return page.evaluate('window.usableAt');
}

/** Waits in the page itself: its content security policy lets nobody evaluate text later. */
async function until(page: Page, condition: string): Promise<void> {
  await timed(page, '', condition);
}

/** Types a whole text into a field, as a paste does. */
const fill = (label: string, text: string): string => `
  const field = document.querySelector('input[aria-label=${JSON.stringify(label)}]');
  field.focus();
  field.value = ${JSON.stringify(text)};
  field.dispatchEvent(new InputEvent('input', { bubbles: true }));
`;

/** Lines drawn in the first chart: its summary names the last value of each. */
const linesDrawn = `(document.querySelector('[role=img][aria-label^="Loss by"]')?.getAttribute('aria-label').split(': last').length - 1)`;
const grid = "document.querySelector('[role=grid]')";
const row = (index: number) => `document.querySelector('[aria-rowindex="${index}"]')`;
const firstRow = row(2);
const click = (index: number, held: string) =>
  `${row(index)}.dispatchEvent(new MouseEvent('click', { bubbles: true, ${held} }));`;
const counted = `document.querySelector('.bar [aria-live]').textContent`;

async function scroll(page: Page): Promise<{ frames: number; dropped: number }> {
  const intervals: number[] = await page.evaluate(`new Promise((resolve) => {
    const grid = document.querySelector('[role=grid]');
    const times = [];
    const step = (now) => {
      times.push(now);
      grid.scrollTop += 210;
      if (times.length <= 120) requestAnimationFrame(step);
      else resolve(times.slice(1).map((time, index) => time - times[index]));
    };
    requestAnimationFrame(step);
  })`);
  const sorted = intervals.toSorted((a, b) => a - b);
  return {
    frames: sorted[Math.floor(sorted.length * 0.95)]!,
    dropped: intervals.filter((interval) => interval > 1.5 * (1000 / 60)).length,
  };
}

export async function measureHistory(browser: Browser, address: string, runs: number): Promise<Times> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  try {
    const page = await context.newPage();
    await page.addInitScript(WATCH);
    await page.goto(`${address}#/runs`, { waitUntil: 'commit' });
    const load = await usableAt(page);
    const all = runs.toLocaleString('en-US');
    await page.getByText(`${all} runs`, { exact: true }).waitFor();
    // Curves and settings come behind the table; what is measured next is measured on a page at rest.
    await until(page, `${linesDrawn} === ${SERIES_COLOURS}`);
    await page.waitForTimeout(1500);

    await page.evaluate("window.location.hash = '#/start'");
    await page.getByRole('heading', { name: 'Recent runs' }).waitFor();
    await page.waitForTimeout(300);
    const within = await timed(
      page,
      "window.location.hash = '#/runs'",
      "document.querySelector('[role=grid] [data-key]')",
    );
    await page.waitForTimeout(700);
    const { frames, dropped } = await scroll(page);
    await page.evaluate("document.querySelector('[role=grid]').scrollTop = 0");
    await page.waitForTimeout(300);

    const filter = await timed(
      page,
      fill('Filter runs', FILTER),
      `${counted} !== ${JSON.stringify(`${all} runs`)}`,
    );
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByText(`${all} runs`, { exact: true }).waitFor();
    const search = await timed(
      page,
      fill('Find runs ( / )', 'gru baseline'),
      `${counted} !== ${JSON.stringify(`${all} runs`)}`,
    );
    await page.getByRole('button', { name: 'Show all' }).click();
    await page.getByText(`${all} runs`, { exact: true }).waitFor();

    const header = `[...document.querySelectorAll('[role=columnheader] button')].find((button) => button.textContent.includes('best val_acc'))`;
    const firstKey: string = await page.evaluate(`${firstRow}.dataset.key`);
    const sort = await timed(
      page,
      `${header}.click()`,
      `${firstRow}.dataset.key !== ${JSON.stringify(firstKey)}`,
    );
    await page.evaluate("window.location.hash = '#/runs'");
    await until(page, `${firstRow}.dataset.key === ${JSON.stringify(firstKey)}`);
    await until(page, `${linesDrawn} === ${SERIES_COLOURS}`);

    // Runs far from the first ones, whose curves are not there yet: two with both lines, then fifty with one each.
    const show = (index: number) => page.evaluate(`${grid}.scrollTop = 28 * ${index - 5}`);
    await show(100);
    await until(page, `${row(110)} !== null`);
    const two = await timed(page, click(108, '') + click(110, 'ctrlKey: true'), `${linesDrawn} === 4`);
    await show(200);
    await until(page, `${row(201)} !== null`);
    await page.evaluate(click(201, ''));
    await show(250);
    await until(page, `${row(250)} !== null && ${linesDrawn} === ${SERIES_COLOURS}`);
    const fifty = await timed(page, click(250, 'shiftKey: true'), `${linesDrawn} === 50`);
    return { load, within, frames, dropped, filter, search, sort, two, fifty };
  } finally {
    await context.close();
  }
}
