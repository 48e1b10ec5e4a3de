/** Edits of a long model in a real browser, through the keys a user presses, and what each costs the page's main thread. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import type { ModelGraph } from '../src/shared/graph/graph.ts';
import { launchBrowser, startServe } from '../test/e2e/browser.ts';
import { openPage } from '../test/e2e/page.ts';

interface Edit {
  name: 'number' | 'length' | 'insert' | 'undo' | 'walk';
  title: string;
  /** Puts the focus where the keys below mean the edit. */
  begin?: (page: Page) => Promise<void>;
  /** The keys of each round, in turn. */
  keys: readonly string[];
}

/** Milliseconds of processor time, one figure a round. */
export interface Cost {
  /** Script: until all that is shown is in the page. */
  update: number[];
  /** All of the main thread's work until the frame is handed to be shown. */
  frame: number[];
}

const ROUNDS = 16;
/** What follows an edit a moment behind, the texts and the draft, is over by then. */
const REST_MS = 700;

const settings = (page: Page, label: string) =>
  page.getByRole('region', { name: /^Settings of/ }).getByLabel(label, { exact: true });

async function typeInto(page: Page, layer: string, label: string): Promise<void> {
  await page.locator(`[data-node="${layer}"]`).focus();
  await settings(page, label).focus();
  await page.keyboard.press('End');
}

export const EDITS: readonly Edit[] = [
  {
    name: 'number',
    title: 'a digit typed into a layer’s units',
    begin: (page) => typeInto(page, 'layer_0', 'Units'),
    keys: ['7', 'Backspace'],
  },
  {
    name: 'length',
    title: 'a digit typed into the Input’s length: every shape changes',
    begin: (page) => typeInto(page, 'input', 'Shape'),
    keys: ['7', 'Backspace'],
  },
  {
    name: 'insert',
    title: 'a layer doubled: all below move down',
    begin: (page) => page.locator('[data-node="layer_2"]').focus(),
    keys: ['Control+d'],
  },
  { name: 'undo', title: 'that undone', keys: ['Control+z'] },
  {
    name: 'walk',
    title: 'no edit: on to the next layer',
    begin: (page) => page.locator('[data-node="layer_3"]').focus(),
    keys: ['ArrowDown'],
  },
];

async function used(session: CDPSession): Promise<{ script: number; task: number }> {
  const { metrics } = await session.send('Performance.getMetrics');
  const seconds = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? NaN;
  return { script: seconds('ScriptDuration') * 1000, task: seconds('TaskDuration') * 1000 };
}

/** The end of the next frame. */
const frame = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => setTimeout(done))));

async function measure(page: Page, session: CDPSession, { begin, keys }: Edit): Promise<Cost> {
  await begin?.(page);
  await page.waitForTimeout(REST_MS);
  const cost: Cost = { update: [], frame: [] };
  for (let round = 0; round < ROUNDS; round++) {
    const before = await used(session);
    await page.keyboard.press(keys[round % keys.length]!);
    await frame(page);
    const after = await used(session);
    cost.update.push(after.script - before.script);
    cost.frame.push(after.task - before.task);
    await page.waitForTimeout(REST_MS);
  }
  return cost;
}

/** Opens the model from a file, as a user does, and edits it. */
export async function measureEdits(model: ModelGraph): Promise<Record<Edit['name'], Cost>> {
  const [browser, served] = await Promise.all([launchBrowser(), startServe()]);
  try {
    const { page, go } = await openPage(browser, served, { height: 1000 });
    await go('build');
    const file = join(served.workspace, 'long.json');
    writeFileSync(file, JSON.stringify(model));
    await page.getByLabel('Model file').setInputFiles(file);
    await page.locator('[data-node="layer_0"]').waitFor();
    const session = await page.context().newCDPSession(page);
    await session.send('Performance.enable', { timeDomain: 'threadTicks' });
    const costs: [Edit['name'], Cost][] = [];
    for (const edit of EDITS) costs.push([edit.name, await measure(page, session, edit)]);
    return Object.fromEntries(costs) as Record<Edit['name'], Cost>;
  } finally {
    await browser.close();
    await served.stop();
  }
}
