/** Care for the workspace in the settings: a backup, a check, a restore and a report, in a real browser. */
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, startServe, type Served } from './browser.ts';
import { openPage } from './page.ts';

let browser: Browser;
let served: Served;

beforeAll(async () => {
  [browser, served] = await Promise.all([launchBrowser(), startServe()]);
});
afterAll(async () => {
  await browser.close();
  await served.stop();
});

test('a workspace is backed up, checked and put back, and a report of it holds no names', async () => {
  const opened = await openPage(browser, served, { theme: 'dark' });
  const { page } = opened;
  await opened.go('settings');
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.getByText('Everything is whole.').waitFor();
  await page.getByRole('button', { name: 'Back up now' }).click();
  const backups = page.getByRole('list', { name: 'Backups' });
  await backups.getByText(/^unroll-.*\.sqlite$/).waitFor();
  await expectAccessible(page);

  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Report a problem' }).click();
  const report = readFileSync(await (await download).path(), 'utf8');
  expect(report).toContain('# Unroll problem report');
  expect(report).toContain('runs: 0 rows');

  await backups.getByRole('button', { name: 'Restore …' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restore', exact: true }).click();
  await page.getByText('before-restore-', { exact: false }).waitFor();
  await page.getByRole('button', { name: 'Go on with it' }).click();
  await backups.getByText(/^before-restore-.*\.sqlite$/).waitFor();
  expect(opened.complaints).toEqual([]);
  await opened.close();
});
