/** Edits of a long model in a real browser, through the keys a user presses, and what each costs the page's main thread. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import type { ModelGraph } from '../src/shared/graph/graph.ts';
import { launchBrowser, startServe } from '../test/e2e/browser.ts';
import { openPage } from '../test/e2e/page.ts';

/** A layer of the model that is read by none as yet, and that the Concatenate behind the embedding can read. */
export const BRANCH = 'branch';

interface Edit {
  name: 'number' | 'length' | 'insert' | 'undo' | 'redo' | 'delete' | 'move' | 'connect' | 'walk';
  title: string;
  /** Puts the focus where the keys below mean the edit. */
  begin?: (page: Page) => Promise<void>;
  /** The keys of each round, in turn. */
  keys: readonly string[];
  /** Every round begins anew, after the last one was taken back. */
  alone?: boolean;
}

/** Milliseconds of processor time, one figure a round. */
export interface Cost {
  /** Script, with the styles and the layout it asks for: until all that is shown is in the page. */
  update: number[];
  /** All of the main thread's work until the frame is handed to be shown. */
  frame: number[];
}

const ROUNDS = 8;
/** The first rounds do not count: the page has not met the edit before. */
const WARM = 2;
/** What follows an edit a moment behind, the texts and the draft, is over by then. */
const REST_MS = 250;

const settings = (page: Page, label: string) =>
  page.getByRole('region', { name: /^Settings of/ }).getByLabel(label, { exact: true });
const focus = (layer: string) => (page: Page) => page.locator(`[data-node="${layer}"]`).focus();
/** From wherever the canvas was led to, back to its top. */
const focusFromTop = (layer: string) => async (page: Page) => {
  await page.keyboard.press('Home');
  await focus(layer)(page);
};

async function typeInto(page: Page, layer: string, label: string): Promise<void> {
  await focus(layer)(page);
  await settings(page, label).focus();
  await page.keyboard.press('End');
}

/** In turn: what is doubled is what is undone and done again. */
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
    begin: focus('layer_2'),
    keys: ['Control+d'],
  },
  { name: 'undo', title: 'that undone', keys: ['Control+z'] },
  { name: 'redo', title: 'that done again', keys: ['Control+Shift+Z'] },
  {
    name: 'delete',
    title: 'a layer deleted: all below move up',
    begin: focusFromTop('layer_2'),
    keys: ['Delete'],
    alone: true,
  },
  {
    name: 'connect',
    title: 'two layers connected: the branches change places',
    begin: async (page) => {
      await focusFromTop(BRANCH)(page);
      await page.keyboard.press('c');
    },
    keys: ['Enter'],
    alone: true,
  },
  {
    name: 'move',
    title: 'a card moved on the canvas',
    begin: focusFromTop(BRANCH),
    keys: ['Control+ArrowRight'],
  },
  {
    name: 'walk',
    title: 'no edit: on to the next layer',
    begin: focusFromTop('embedding'),
    keys: ['ArrowDown'],
  },
];

async function used(session: CDPSession): Promise<{ script: number; task: number }> {
  const { metrics } = await session.send('Performance.getMetrics');
  const milliseconds = (name: string): number =>
    (metrics.find((metric) => metric.name === `${name}Duration`)?.value ?? NaN) * 1000;
  const script = milliseconds('Script') + milliseconds('RecalcStyle') + milliseconds('Layout');
  return { script, task: milliseconds('Task') };
}

/** The end of the next frame. */
const frame = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => setTimeout(done))));

/** Presses the keys held first, then the one that counts, and lets all go; answers what the latter cost. */
async function press(
  page: Page,
  session: CDPSession,
  chord: string,
): Promise<[update: number, frame: number]> {
  const held = chord.split('+');
  const key = held.pop()!;
  for (const one of held) await page.keyboard.down(one);
  await frame(page);
  const before = await used(session);
  await page.keyboard.down(key);
  await frame(page);
  const after = await used(session);
  for (const one of [key, ...held.toReversed()]) await page.keyboard.up(one);
  return [after.script - before.script, after.task - before.task];
}

async function measure(page: Page, session: CDPSession, { begin, keys, alone }: Edit): Promise<Cost> {
  const cost: Cost = { update: [], frame: [] };
  for (let round = 0; round < WARM + ROUNDS; round++) {
    if (round === 0 || alone) await begin?.(page);
    await page.waitForTimeout(REST_MS);
    const [update, whole] = await press(page, session, keys[round % keys.length]!);
    if (round >= WARM) {
      cost.update.push(update);
      cost.frame.push(whole);
    }
    await page.waitForTimeout(REST_MS);
    if (alone) await page.keyboard.press('Control+z');
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
