/** What the interface says of a training process that is not heard of any more, and the way out that it offers. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApplication, type Application } from '../../src/main/application.ts';
import { serve, type Served } from '../../src/main/shells/serve.ts';
import { folderWithData, runEnd, smallRun } from '../faults/applications.ts';
import { launchBrowser } from './browser.ts';
import { openPage } from './page.ts';

const workspace = mkdtempSync(join(tmpdir(), 'unroll-test-'));
let browser: Browser;
let application: Application;
let served: Served;

beforeAll(async () => {
  await folderWithData(workspace);
  application = openApplication({ workspace, shell: 'serve', silentAfterMs: 600 });
  [browser, served] = await Promise.all([launchBrowser(), serve(application, { port: 0 })]);
});
afterAll(async () => {
  await browser.close();
  await served.close();
  await application.close();
  rmSync(workspace, { recursive: true, force: true });
});

/** Stopped as by a fault: it is there, and says nothing. */
const tellChildren = (signal: 'SIGSTOP' | 'SIGCONT') =>
  application.childPids().forEach((pid) => process.kill(pid, signal));

test.runIf(process.platform !== 'win32')('a hanging training can be ended, and resumed', async () => {
  const target = { ...served, workspace, unroll: () => '', stop: () => Promise.resolve() };
  const { page, go, complaints } = await openPage(browser, target);
  const { id } = await application.call('training.start', smallRun('hanging', 400));
  await go(`runs/${id}`);
  await page.getByText(/^Epoch \d+ of 400/).waitFor();
  const notice = page.getByText('The training process of hanging has not been heard of for');

  // Heard again in time: nothing was wrong, and the notice goes by itself.
  tellChildren('SIGSTOP');
  await notice.waitFor();
  tellChildren('SIGCONT');
  await notice.waitFor({ state: 'detached' });

  tellChildren('SIGSTOP');
  await notice.waitFor();
  const end = runEnd(application, 'hanging');
  await page.getByRole('button', { name: 'End it' }).click();
  expect(await end).toMatchObject({ status: 'interrupted', error: { code: 'training-child-died' } });
  await notice.waitFor({ state: 'detached' });
  await page.getByText('it did not answer and was ended').waitFor();

  await page.getByRole('button', { name: 'Resume' }).click();
  await page.getByRole('button', { name: 'Pause' }).waitFor();
  expect(complaints).toEqual([]);
});
