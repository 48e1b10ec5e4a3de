/** Comparing and looking into runs in the interface, on really trained small runs of the lecture's two models. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, startServe, type Served } from './browser.ts';
import { belowPanes, downloaded, holdBack, openPage, type Opened } from './page.ts';
import { addReviews } from './reviews.ts';

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 });

let browser: Browser;
let served: Served;
let opened: Opened;
let folder: string;
/** Ids by name. */
const ids: Record<string, string> = {};

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'unroll-analysis-'));
  [browser, served] = await Promise.all([launchBrowser(), startServe()]);
  const { unroll } = served;
  await addReviews(served, folder, 150);
  unroll('data', 'generate', 'adding', '--name', 'sums', '--examples', '60', '--length', '10');
  const train = (model: string, name: string, seed: number) =>
    unroll(
      'train',
      '--model',
      model,
      '--data',
      'reviews',
      '--name',
      name,
      '--seed',
      String(seed),
      '--epochs',
      '3',
      '--maxlen',
      '40',
      '--batch-size',
      '32',
      '--learning-rate',
      '0.01',
    );
  for (const seed of [1, 2]) {
    train('lecture-simple-rnn', `simple-${seed}`, seed);
    train('lecture-lstm', `lstm-${seed}`, seed);
  }
  const list = unroll('--json', 'runs', 'list').trim().split('\n');
  for (const line of list) {
    const { name, id } = JSON.parse(line) as { name: string; id: string };
    ids[name] = id;
  }
  opened = await openPage(browser, served);
});
afterAll(async () => {
  await browser?.close();
  await served?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const compare = (...names: string[]): Promise<void> =>
  opened.go(`compare?runs=${names.map((name) => ids[name]).join(',')}`);

test('two runs are compared: curves by epoch, batch and time, values, settings and models', async () => {
  const { page, complaints } = opened;
  await compare('simple-1', 'lstm-1');
  await page.getByText('Controlled comparison.').waitFor();
  const chart = page.getByRole('img', { name: /^Accuracy by epoch\. .*lstm-1 validation/ });
  await chart.waitFor();
  await page.getByText('Batch', { exact: true }).click();
  await page
    .getByRole('img', { name: /^Loss by batch, over all epochs.*lstm-1 training: last \d/ })
    .waitFor();
  await page.getByText('Time', { exact: true }).click();
  await page.getByRole('img', { name: /^Loss by time trained.*simple-1 validation: last \d/ }).waitFor();
  await page.getByText('Epoch', { exact: true }).click();

  const values = page.getByRole('row', { name: /^Validation accuracy, last/ });
  // A difference to the baseline has its sign, and minus is a minus and no hyphen.
  expect(await values.getByRole('cell').nth(1).innerText()).toMatch(/[+−]?\d\.\d{4}/);
  expect(await page.getByRole('row', { name: /^(Loss|Accuracy|Validation)/ }).allInnerTexts()).not.toContain(
    '-0',
  );
  await page.getByRole('row', { name: /^Memory of training/ }).waitFor();
  await page.getByRole('row', { name: /^layers\.3\.type SimpleRNN LSTM/ }).waitFor();
  await page.getByText('type SimpleRNN → LSTM').waitFor();
  await expectAccessible(page);

  const { name, text } = await downloaded(page, () =>
    page.getByRole('button', { name: 'Save values as CSV' }).first().click(),
  );
  expect(name).toBe('Values.csv');
  expect(text.split('\r\n')[0]).toBe('Metric,simple-1,simple-1: beside,lstm-1,lstm-1: beside');
  // All the digits there are, and what stands beside a value in its own column.
  expect(text).toMatch(
    /\r\n"Validation loss, best",0\.\d{5,},epoch \d,0\.\d{5,},"[+-]\d\.\d{4,5}, epoch \d"/,
  );
  expect(complaints).toEqual([]);
});

test('a run has the colour in the comparison that it has in the list', async () => {
  const { page, go, complaints } = opened;
  const names = ['simple-1', 'lstm-1'];
  await compare(...names);
  const compared = await Promise.all(
    names.map((name) =>
      page
        .locator('main .run', { hasText: name })
        .first()
        .locator('svg')
        .evaluate((swatch) => getComputedStyle(swatch).fill),
    ),
  );
  await go('runs');
  const listed = await Promise.all(
    names.map((name) =>
      page
        .getByRole('button', { name: `Draw the curves of ${name}` })
        .evaluate((dot) => getComputedStyle(dot, '::before').borderTopColor),
    ),
  );
  expect(compared).toEqual(listed);
  expect(new Set(listed).size).toBe(2);
  expect(complaints).toEqual([]);
});

test('settings that differ stand tinted above the curves, among all settings when wanted', async () => {
  const { page, complaints } = opened;
  await compare('simple-1', 'lstm-1');
  const row = (name: RegExp) => page.getByRole('row', { name });
  const cell = row(/^layers\.3\.type/)
    .getByRole('cell')
    .nth(1);
  const tint = (of: typeof cell) => of.evaluate((element) => getComputedStyle(element).backgroundColor);
  const [settings, curves] = [
    (await cell.boundingBox())!,
    (await page.getByRole('img', { name: /^Loss/ }).boundingBox())!,
  ];
  expect(settings.y).toBeLessThan(curves.y);
  expect(await row(/^training\.batch_size/).count()).toBe(0);
  await page.getByRole('radiogroup', { name: 'Settings shown' }).getByText('All', { exact: true }).click();
  const same = row(/^training\.batch_size 32 32/)
    .getByRole('cell')
    .nth(1);
  await same.waitFor();
  expect(await tint(cell)).not.toBe(await tint(same));
  await expectAccessible(page);
  const { text } = await downloaded(page, () =>
    page.getByRole('button', { name: 'Save settings as CSV' }).click(),
  );
  expect(text).toContain('\r\ntraining.batch_size,32,32\r\n');
  await page.getByText('Differing only').click();
  await same.waitFor({ state: 'detached' });
  expect(complaints).toEqual([]);
});

test('runs that differ in their seed are drawn as mean and spread, and tested in pairs', async () => {
  const { page, complaints } = opened;
  // An address typed by hand may have names.
  await opened.go('compare?runs=simple-1,lstm-1,simple-2,lstm-2');
  await page.getByText('Over seeds', { exact: true }).first().click();
  await page
    .getByRole('img', { name: /lecture-lstm validation, mean of 2 seeds: last/ })
    .first()
    .waitFor();
  await page.getByRole('row', { name: /^Validation loss, best .* ± / }).waitFor();
  await page.getByText(/^Over 2 seeds/).waitFor();
  await page.getByText(/^seed 1: [+−]?\d/).waitFor();
  expect(complaints).toEqual([]);
});

test('why they differ: accuracy by length, tests with their words, and where they disagree with the texts', async () => {
  const { page, complaints } = opened;
  await compare('simple-1', 'lstm-1');
  await page.getByRole('button', { name: 'Compare on the test split' }).click();
  await page.getByRole('img', { name: /^Accuracy by sequence length/ }).waitFor({ timeout: 60_000 });
  await page.getByText("McNemar's test").waitFor();
  await page
    .getByText(/95 % interval/)
    .first()
    .waitFor();
  await page.getByText(/another seed may decide otherwise/).waitFor();
  const show = page.getByRole('button', { name: 'Show where they disagree' });
  await expect
    .poll(
      async () =>
        (await show.count()) + (await page.getByText('They are right and wrong on the same').count()),
    )
    .toBe(1);
  if (await show.isVisible()) {
    // Cancelled before main has heard of it, it leaves all as it was; what main answers then is not shown.
    const release = await holdBack(page);
    await show.click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Cancel' }).waitFor({ state: 'detached' });
    await release();
    await show.click({ trial: true });
    expect(await page.getByRole('table', { name: /^Where they disagree/ }).count()).toBe(0);
    await show.click();
    const row = page
      .getByRole('table', { name: /^Where they disagree/ })
      .getByRole('row')
      .nth(1);
    expect(await row.innerText()).toMatch(/\d.*(right|wrong).*\d\d\.\d %/s);
  }
  expect(await belowPanes(page)).toBe(0);
  await expectAccessible(page);
  expect(complaints).toEqual([]);
});

test('a sentence is followed word by word through both, and gradient and memory step by step', async () => {
  const { page, complaints } = opened;
  await compare('simple-1', 'lstm-1');
  await page.getByRole('textbox', { name: 'Sentence' }).fill('the film was not good');
  await page.getByRole('button', { name: 'Predict', exact: true }).click();
  await page
    .getByRole('img', { name: /^Probability of .* by word\. simple-1: last .*; lstm-1: last/ })
    .waitFor({ timeout: 60_000 });
  const words = page.getByRole('table', { name: /^Probability of/ });
  expect(await words.getByRole('row').count()).toBe(6);
  // Marked: the first word after which they say different classes, and the others at which they do.
  const followed = await words.getByRole('row').evaluateAll((rows) =>
    rows.slice(1).map((row) => ({
      mark: /they (part|differ)$/.exec(row.querySelector('th')!.textContent.trim())?.[0] ?? null,
      positive: [...row.querySelectorAll('td .answer > .number')].map(
        (cell) => Number(cell.textContent) > 0.5,
      ),
    })),
  );
  const split = followed.map(({ positive }) => positive[0] !== positive[1]);
  expect(split).toContain(true);
  expect(followed.map(({ mark }) => mark)).toEqual(
    split.map((apart, at) => (apart ? (at === split.indexOf(true) ? 'they part' : 'they differ') : null)),
  );

  const look = page.getByRole('button', { name: 'Look inside' });
  await page.getByLabel('From').fill('5000');
  await page.getByText(/^At most \d+\.$/).waitFor();
  expect(await look.isDisabled()).toBe(true);
  await page.getByLabel('From').fill('0');
  await look.click();
  await page
    .getByRole('img', { name: /^Norm of dLoss\/dh and dLoss\/dc .*lstm-1 \(LSTM\) c: last/ })
    .waitFor({ timeout: 60_000 });
  await page.getByText(/^lstm-1, lstm: dLoss\/dh .*; dLoss\/dc .*\.$/).waitFor();
  const map = page.getByRole('img', { name: /^lstm-1, lstm: hidden state: 32 units over \d+ steps/ });
  await map.focus();
  await page.keyboard.press('ArrowRight');
  await page.getByText(/^step 2 “.*”, unit 1: /).waitFor();
  await page.getByLabel('What the layers held').selectOption('forget gate');
  await page.getByRole('img', { name: /^lstm-1, lstm: forget gate/ }).waitFor();
  await page.getByText('SimpleRNN has no forget gate.').waitFor();
  await expectAccessible(page);
  expect(complaints).toEqual([]);
});

test('the comparison is taken away as one page without any network, and as Markdown', async () => {
  const { page } = opened;
  await compare('simple-1', 'lstm-1');
  const report = page.getByRole('button', { name: 'Report', exact: true });
  const take = async (item: string) => {
    await report.click();
    return downloaded(page, () => page.getByRole('menuitem', { name: item }).click());
  };
  await report.click();
  await page.getByRole('menuitemcheckbox', { name: 'With the gradient through time' }).click();
  await page.keyboard.press('Escape');
  await page.getByRole('textbox', { name: 'Sentence' }).fill('the film was not good');
  await page.getByRole('button', { name: 'Predict', exact: true }).click();
  await page.getByRole('img', { name: /^Probability of/ }).waitFor({ timeout: 60_000 });
  const html = await take('Report as one HTML page');
  expect(html.text).toContain('“the film was not good”');
  expect(html.text).toMatch(/<title>Norm of dLoss\/dh and dLoss\/dc as a share/);
  expect(html.name).toBe('simple-1, lstm-1 compared.html');
  expect(html.text).toContain('<svg');
  expect(html.text).toContain('McNemar');
  expect(html.text).toContain('Where simple-1 and lstm-1 disagree');
  expect(html.text).not.toMatch(/<script|src=|href=|url\(/);
  const reading = await (await browser.newContext({ offline: true })).newPage();
  await reading.setContent(html.text);
  expect(await reading.getByRole('heading', { level: 2 }).allInnerTexts()).toContain('Values');
  await reading.context().close();
  await report.click();
  await page.getByRole('menuitemcheckbox', { name: 'With the sentence tried below' }).click();
  await page.keyboard.press('Escape');
  const markdown = await take('Report as Markdown');
  expect(markdown.text).toContain('| lstm-1 | lstm | LSTM | dLoss/dc |');
  expect(markdown.text).not.toContain('the film was not good');
  expect(markdown.text).toMatch(/^# simple-1, lstm-1: compared\n/);
  expect(markdown.text).toContain('| Metric | simple-1 | lstm-1 |');
  const file = join(folder, 'report.md');
  const table = served.unroll('compare', 'simple-1', 'lstm-1', '--out', file);
  expect(readFileSync(file, 'utf8')).toContain('| Validation accuracy, best |');
  for (const cell of table.match(/\d\.\d{4} \([+−]\d\.\d{4}, epoch \d\)/g) ?? [])
    expect(markdown.text).toContain(cell.replaceAll(/[()]/g, (mark) => mark));
  expect(() => served.unroll('compare', 'simple-1', 'lstm-1', '--out', file)).toThrow('is there already');
  served.unroll('compare', 'simple-1', 'lstm-1', '--out', file, '--replace');
});

test("a run's page evaluates with a threshold of one's own, and follows a text alone", async () => {
  const { page, go, complaints } = opened;
  await go(`runs/${ids['lstm-2']}?tab=evaluation`);
  await page.getByRole('button', { name: 'Evaluate the test split' }).click();
  await page.getByRole('img', { name: /^ROC curve/ }).waitFor({ timeout: 60_000 });
  for (const chart of [/^Precision and recall/, /^Calibration/])
    await page.getByRole('img', { name: chart }).waitFor();
  const confusion = page.getByRole('region', { name: 'Confusion' });
  const before = await confusion.getByRole('table').innerText();
  await confusion.getByRole('slider').fill('0.99');
  expect(await confusion.getByRole('table').innerText()).not.toBe(before);
  await expectAccessible(page);
  await page.reload();
  // Kept, so that it is there at once.
  await page.getByRole('img', { name: /^ROC curve/ }).waitFor();
  await page.getByRole('tab', { name: 'Word by word' }).click();
  await page.getByRole('button', { name: 'Predict', exact: true }).click();
  await page.getByRole('img', { name: /^Probability of/ }).waitFor({ timeout: 60_000 });
  expect(complaints).toEqual([]);
});

test('runs on other data are compared as far as they can be, and what cannot is said', async () => {
  const { page, complaints } = opened;
  served.unroll('train', '--model', 'lecture-lstm', '--data', 'sums', '--name', 'other', '--epochs', '1');
  const line = served
    .unroll('--json', 'runs', 'list')
    .trim()
    .split('\n')
    .find((one) => one.includes('"other"'));
  ids['other'] = (JSON.parse(line!) as { id: string }).id;
  served.unroll('runs', 'archive', 'simple-1');
  // Another process did both, which the page hears of when it loads.
  await page.reload();
  await compare('simple-1', 'other');
  await page.getByText('baseline, archived').first().waitFor();
  await page.getByText('They were trained on different data, so').waitFor();
  await page.getByText(/They have one epoch in common/).waitFor();
  await page.getByRole('button', { name: 'Compare on the test split' }).click();
  await page
    .getByText(/is left out. It was trained on sums, so its examples are not those/)
    .waitFor({ timeout: 60_000 });
  await page.getByText(/is left out. It was trained on sums, which holds numbers/).waitFor();
  expect(await page.getByRole('row', { name: /^Loss, best/ }).innerText()).toContain('other data');
  expect(complaints).toEqual([]);
});
