/** Engines in the browser: which there are, measuring and installing them, choosing one, and going on where one failed. */
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { keepMeasurement } from '../../src/main/engine-measurements.ts';
import { openWorkspace } from '../../src/main/store/database.ts';
import { INSTALLATION_FILE, type TensorflowInstallation } from '../../src/shared/engine-installation.ts';
import { ENGINES_HERE } from '../conformance/engines.ts';
import { expectAccessible } from './accessibility.ts';
import { launchBrowser, startServe, type Served } from './browser.ts';
import { openPage } from './page.ts';

let browser: Browser;
let served: Served;
/** Takes what is asked of it and never answers. */
let registry: Server;
const engines = mkdtempSync(join(tmpdir(), 'unroll-engines-'));

beforeAll(async () => {
  registry = createServer(() => undefined);
  await new Promise<void>((resolve) => registry.listen(0, '127.0.0.1', resolve));
  const { port } = registry.address() as AddressInfo;
  vi.stubEnv('UNROLL_ENGINES', engines);
  vi.stubEnv('npm_config_registry', `http://127.0.0.1:${port}/`);
  [browser, served] = await Promise.all([launchBrowser(), startServe()]);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await browser?.close();
  await served?.stop();
  registry.closeAllConnections();
  registry.close();
  rmSync(engines, { recursive: true, force: true });
});

/** What an installation looks like to the list, which loads nothing of it. */
function layInstallation(): void {
  const installation: TensorflowInstallation = {
    ...{ format: 1, tensorflow: '2.21.0', tfjsNode: '4.22.0', python: null, gpu: true, library: 'wheel' },
    installedAt: '2026-01-01T00:00:00.000Z',
  };
  mkdirSync(join(engines, 'tensorflow/wheel'), { recursive: true });
  writeFileSync(join(engines, 'tensorflow', INSTALLATION_FILE), JSON.stringify(installation));
}

/** A benchmark as it was left on this machine before. */
function keepBenchmark(): void {
  const result = (name: string, examplesPerSecond: number) => ({
    ...{ name, device: null, available: true, detail: 'as it was', examplesPerSecond },
  });
  const workspace = openWorkspace(served.workspace);
  const results = [result('tensorflow', 400), result('simd', 100)];
  keepMeasurement(workspace.db, { model: 'lecture-lstm', at: Date.now(), results });
  workspace.close();
}

test('every engine says what it is or why not, and one is measured and installed as far as it comes', async () => {
  keepBenchmark();
  const opened = await openPage(browser, served, { theme: 'dark' });
  const { page } = opened;
  await opened.go('settings');
  const engine = (name: string) =>
    page.getByRole('list', { name: 'Engines', exact: true }).getByRole('listitem', { name, exact: true });
  await engine('simd').getByText('in use').waitFor();
  await engine('simd').getByText('Used: no other is chosen').waitFor();
  await engine('reference').getByText('Not used: it is slow').waitFor();
  if (ENGINES_HERE.includes('webgpu'))
    await engine('webgpu').getByRole('list', { name: 'Devices of webgpu' }).getByText('vulkan').waitFor();
  await engine('tensorflow').getByText('not available').waitFor();
  await expectAccessible(page);

  await page.getByRole('button', { name: 'Measure' }).click();
  await page.getByText('Training on simd').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect.poll(() => page.getByRole('progressbar').count()).toBe(0);

  await page.getByRole('button', { name: 'Install tensorflow' }).click();
  await page.getByText('@tensorflow/tfjs-node 4.22.0').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Install', exact: true }).click();
  await page.getByText('Fetching @tensorflow/tfjs-node').waitFor();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await page.getByText('From a folder').click();
  await page.getByLabel('Folder with the files').fill(join(engines, 'nowhere'));
  await page.getByRole('button', { name: 'Install', exact: true }).click();
  await page.getByText('does not exist or cannot be read').waitFor();
  await engine('tensorflow').getByText('not available').waitFor();

  layInstallation();
  await page.getByRole('button', { name: 'Look again' }).click();
  await engine('tensorflow').getByText('TensorFlow 2.21.0 with CUDA').waitFor();
  await engine('tensorflow').getByText('measured 4.0 times faster than simd on lecture-lstm').waitFor();
  await page.getByRole('button', { name: 'Use the fastest: tensorflow' }).click();
  await engine('tensorflow').getByText('Used: it is chosen in the settings; the fastest measured').waitFor();
  await expectAccessible(page);
  expect(await page.getByRole('button', { name: /Use the fastest/ }).count()).toBe(0);
  await page.getByLabel('Engine for new runs').selectOption('auto');
  await engine('simd').getByText('in use').waitFor();
  await page.getByRole('button', { name: 'Remove tensorflow' }).click();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Keep' }).click();
  await page.getByRole('button', { name: 'Remove tensorflow' }).click();
  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  await engine('tensorflow').getByText('not available').waitFor();
  expect(readdirSync(engines)).toEqual([]);
  expect(opened.complaints).toEqual([]);
  await opened.close();
});

test('a run whose engine failed goes on with the next by one click, and one command', async () => {
  served.unroll('data', 'generate', 'sentiment', '--name', 'reviews', '--examples', '100', '--length', '10');
  const sizes = ['--epochs', '2', '--maxlen', '10', '--num-words', '100', '--threads', '1'];
  const refused = (...flags: string[]): string => {
    try {
      return served.unroll('train', '--model', 'lecture-simple-rnn', '--data', 'reviews', ...sizes, ...flags);
    } catch (error) {
      return (error as { stderr: string }).stderr;
    }
  };
  // Whose engine goes without saying. There is no run of it.
  const mistyped = refused('--name', 'failing', '--device', 'an adapter nobody has');
  expect(mistyped).toMatch(/no device called an adapter nobody has|The engine webgpu cannot be used here/);
  // It is there, and does not load.
  layInstallation();
  const failed = refused('--name', 'failing', '--engine', 'tensorflow');
  const [, id] = /Go on with: unroll resume (\w+) --engine simd/.exec(failed)!;

  const opened = await openPage(browser, served);
  const { page } = opened;
  await opened.go(`runs/${id}`);
  await page.getByRole('alert').getByText('The engine tensorflow cannot be used here').waitFor();
  await expectAccessible(page);
  await page.getByRole('button', { name: 'Go on with simd' }).click();
  await expect.poll(() => page.getByRole('alert').count()).toBe(0);
  await page.locator('header').getByText('done', { exact: true }).waitFor();
  const run = JSON.parse(served.unroll('--json', 'runs', 'show', id!)) as unknown;
  expect(run).toMatchObject({ status: 'done', engine: 'simd', epochsDone: 2 });

  if (ENGINES_HERE.includes('webgpu')) {
    // The screen takes what is asked of it into its settings, and the rest of the address with it.
    await page.goto(new URL('/#/train?model=lecture-simple-rnn', served.address).href);
    await expect.poll(() => page.getByLabel('Data set', { exact: true }).inputValue()).toBe('reviews');
    await page.getByLabel('Engine', { exact: true }).selectOption('webgpu');
    await page.getByLabel('Graphics adapter').selectOption({ index: 1 });
    await expectAccessible(page);
  }
  expect(opened.complaints).toEqual([]);
  await opened.close();
});
