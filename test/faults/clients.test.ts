/** Three windows and two processes on one workspace, while others train: all see the same, nothing is refused, and nothing grows. */
import type { CDPSession } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import type { Application } from '../../src/main/application.ts';
import { finishJob } from '../../src/main/shells/finish-job.ts';
import { checkWorkspace } from '../../src/main/store/check.ts';
import { openWorkspace } from '../../src/main/store/database.ts';
import { probeEngine } from '../../src/training/engines/index.ts';
import { launchBrowser } from '../e2e/browser.ts';
import { openPage, type Opened } from '../e2e/page.ts';
import { folderWithData, open, trainUndisturbed, until } from './applications.ts';
import { many, patience, record } from './figures.ts';
import { expectNoGrowth, percent, startSampled, type Sampled } from './growth.ts';
import { held, type Held } from './held.ts';
import { temporaryFolder } from '../unit/main/workspace.ts';

const LASTS_MS = many(2_000, 600_000);
/** Of that, what nobody is held to: caches fill, code is compiled. */
const WARM_MS = LASTS_MS / 3;
const screens = (runs: readonly string[]): string[] => [
  ...['start', 'runs', `runs/${runs[0]}`, `compare?runs=${runs.join()}`],
  ...['data', 'data/small', 'build', 'train', 'help', 'help/layers', 'settings'],
];

/** What the other process does meanwhile: brings data, trains on it, writes notes and removes both. */
async function work(application: Application, round: number): Promise<void> {
  const [data, run] = [`data-${round}`, `run-${round}`];
  await finishJob(application, 'data.generate', { task: 'parity', name: data, examples: 100, length: 10 });
  const { id } = await trainUndisturbed(application, run, 1);
  await application.call('runs.edit', { run: id, notes: `round ${round}` });
  await application.call('runs.remove', { runs: [id] });
  await application.call('data.remove', { name: data });
}

interface Window {
  opened: Opened;
  session: CDPSession;
}

/** Nodes of the page and bytes of its objects, after what is not needed any more is gone. */
async function sizeOf({ session }: Window): Promise<{ nodes: number; bytes: number }> {
  await session.send('HeapProfiler.collectGarbage');
  const { nodes } = await session.send('Memory.getDOMCounters');
  const { usedSize } = await session.send('Runtime.getHeapUsage');
  return { nodes, bytes: usedSize };
}

type Size = Awaited<ReturnType<typeof sizeOf>>;
const sum = (sizes: readonly Size[], of: keyof Size): number =>
  sizes.reduce((all, size) => all + size[of], 0);

function expectPagesNoLarger(before: readonly Size[], after: readonly Size[]): string {
  expect(sum(after, 'nodes')).toBeLessThan(sum(before, 'nodes') * 1.2);
  expect(sum(after, 'bytes')).toBeLessThan(sum(before, 'bytes') * 1.3);
  const [nodes, bytes] = (['nodes', 'bytes'] as const).map((of) => percent(sum(before, of), sum(after, of)));
  return `page nodes ${nodes}, page memory ${bytes}`;
}

/** Trains over and over on every engine that is here. */
async function startTraining(): Promise<Map<string, Sampled>> {
  const workspace = await folderWithData(temporaryFolder(), 64);
  const started = new Map<string, Sampled>();
  for (const engine of ['simd', 'webgpu'] as const)
    if ((await probeEngine(engine)).available)
      started.set(`training with ${engine}`, startSampled('leak-process.ts', workspace, engine));
  return started;
}

async function openWindows(address: string, workspace: string): Promise<Window[]> {
  const browser = await launchBrowser();
  onTestFinished(() => browser.close());
  const served = { address, workspace, unroll: () => '', stop: () => Promise.resolve() };
  return Promise.all(
    [0, 1, 2].map(async (): Promise<Window> => {
      const opened = await openPage(browser, served);
      return { opened, session: await opened.page.context().newCDPSession(opened.page) };
    }),
  );
}

it(
  'three windows and two processes',
  async () => {
    const workspace = await folderWithData(temporaryFolder(), 200);
    const application = open(workspace);
    const kept = [];
    for (const name of ['kept-1', 'kept-2']) kept.push((await trainUndisturbed(application, name, 2)).id);
    const places = screens(kept);
    const server = startSampled('serve-process.ts', workspace);
    const windows = await openWindows((await server.first).address as string, workspace);
    const processes = new Map([['main', server], ...(await startTraining())]);
    const own: Held[] = [];
    const begun = performance.now();
    const goesOn = (untilMs: number) => performance.now() - begun < untilMs;
    let rounds = 0;
    let visits = 0;
    const walk = async ({ opened }: Window, untilMs: number) => {
      for (let at = 0; goesOn(untilMs) || at < places.length; at++, visits++) {
        await opened.go(places[at % places.length]!);
        await opened.page.waitForTimeout(150);
      }
      await opened.go('start');
    };
    const act = async (untilMs: number) => {
      do {
        await work(application, ++rounds);
        own.push(held());
      } while (goesOn(untilMs));
    };
    await Promise.all([act(WARM_MS), ...windows.map((window) => walk(window, WARM_MS))]);
    for (const { samples } of processes.values()) await until(() => samples.length > 0);
    const before = await Promise.all(windows.map(sizeOf));
    const warm = new Map([...processes].map(([who, { samples }]) => [who, samples.length - 1]));
    const ownWarm = own.length - 1;
    await Promise.all([act(LASTS_MS), ...windows.map((window) => walk(window, LASTS_MS))]);
    const after = await Promise.all(windows.map(sizeOf));

    for (const { opened } of windows) expect(opened.complaints).toEqual([]);
    const { db, close } = openWorkspace(workspace);
    const job = { signal: new AbortController().signal, progress: () => undefined };
    expect(await checkWorkspace(db, job)).toEqual([]);
    close();
    const grown = [expectPagesNoLarger(before, after)];
    for (const [who, { samples }] of processes) {
      await until(() => samples.length > warm.get(who)! + 1);
      grown.push(expectNoGrowth(who, samples.slice(warm.get(who))));
    }
    grown.push(expectNoGrowth('the other process', own.slice(ownWarm)));
    const minutes = (LASTS_MS / 60_000).toFixed(1);
    record(
      'three windows and two processes',
      `${minutes} minutes, ${visits} screens, ${rounds} rounds of import, training and removal, no complaint, all whole`,
    );
    for (const line of grown) record('nothing grows', `${minutes} minutes, ${line}`);
  },
  patience(90_000, 1_200_000),
);
