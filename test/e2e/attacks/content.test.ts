/** Hostile content in names, texts, labels, tags and notes: it is shown as it is, and nothing of it runs. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { finishJob } from '../../../src/main/shells/finish-job.ts';
import { smallGraph } from '../../unit/main/workspace.ts';
import { launchBrowser } from '../browser.ts';
import { openTarget, type Target } from './target.ts';

const HOSTILE = `"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script><svg onload=window.hacked=1>`;
const NOTES = [
  HOSTILE,
  '[a](javascript:window.hacked=1) [b](data:text/html,<script>window.hacked=1</script>) [c](JaVaScRiPt:window.hacked=1)',
  '<a href="javascript:window.hacked=1">d</a>',
  '# ' + HOSTILE,
  '`' + HOSTILE + '`',
].join('\n\n');

let target: Target;
let browser: Browser;
let run: string;

beforeAll(async () => {
  [target, browser] = await Promise.all([openTarget(), launchBrowser()]);
  const { application } = target;
  const path = join(application.workspace, 'hostile.csv');
  const quoted = HOSTILE.replaceAll('"', '""');
  const rows = Array.from({ length: 40 }, (_, row) => `"good film ${row} ${quoted}","${row % 2} ${quoted}"`);
  writeFileSync(path, ['text,label', ...rows].join('\n'));
  await finishJob(application, 'data.import', { path, name: HOSTILE });
  rmSync(path);
  const graph = { ...smallGraph, name: HOSTILE };
  await application.call('models.save', { name: HOSTILE, graph, description: HOSTILE });
  const preprocessing = { num_words: 20, maxlen: 12 };
  const training = { epochs: 1, batch_size: 16 };
  const ended = new Promise<void>((resolve) => {
    application.on('run.changed', ({ status }) => {
      if (status === 'done' || status === 'failed') resolve();
    });
  });
  const started = await application.call('training.start', {
    ...{ model: graph, data: HOSTILE, name: HOSTILE, lossFromData: true },
    ...({ preprocessing, training } as object),
  });
  run = started.id;
  await ended;
  await application.call('runs.edit', { run, notes: NOTES, tags: [HOSTILE.slice(0, 100)] });
});
afterAll(async () => {
  await browser.close();
  await target.close();
});

test('every screen shows it as text, and the policy has nothing to refuse', async () => {
  const page = await browser.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  await page.goto(target.served.address);
  const encoded = encodeURIComponent(HOSTILE);
  const places = ['start', 'data', `data/${encoded}`, 'build', `build/${encoded}`, 'train', 'runs'];
  for (const place of [...places, `runs/${run}`, `compare?runs=${run}`, 'settings', encoded]) {
    await page.evaluate((hash) => (window.location.hash = hash), `#/${place}`);
    await page.waitForTimeout(300);
    expect([place, await page.evaluate(() => 'hacked' in window)]).toEqual([place, false]);
  }
  await page.evaluate((hash) => (window.location.hash = hash), `#/runs/${run}`);
  await page.getByText('onerror=', { exact: false }).first().waitFor();
  const links = await page
    .locator('a')
    .evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href));
  expect(links.filter((link) => /^(javascript|data|vbscript):/i.test(link))).toEqual([]);
  expect(complaints).toEqual([]);
  await page.close();
});

test('a report, which is opened without any policy, holds it as text too', async () => {
  const { content } = await finishJob(target.application, 'compare.report', { runs: [run], format: 'html' });
  const page = await browser.newPage();
  await page.setContent(content);
  await page.waitForTimeout(300);
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
  expect(await page.locator('body').innerText()).toContain('onerror=');
  await page.close();
});
