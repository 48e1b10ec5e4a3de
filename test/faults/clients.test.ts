/** Three windows and two processes on one workspace: all see the same, nothing is refused or damaged, and nothing grows. */
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { CDPSession } from 'playwright-core';
import { expect, it, onTestFinished } from 'vitest';
import type { Application } from '../../src/main/application.ts';
import { finishJob } from '../../src/main/shells/finish-job.ts';
import { checkWorkspace } from '../../src/main/store/check.ts';
import { openWorkspace } from '../../src/main/store/database.ts';
import { launchBrowser } from '../e2e/browser.ts';
import { openPage, type Opened } from '../e2e/page.ts';
import { folderWithData, open, trainUndisturbed } from './applications.ts';
import { many, patience, record } from './figures.ts';
import { temporaryFolder } from '../unit/main/workspace.ts';

const LASTS_MS = many(2_000, 600_000);
const SCREENS = ['start', 'runs', 'data', 'build', 'train', 'compare', 'settings'];

interface Sample {
  rss: number;
  handles: number;
}

async function startServing(workspace: string) {
  const script = new URL('serve-process.ts', import.meta.url).pathname;
  const server = spawn(process.execPath, [script, workspace], { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void server.kill('SIGKILL'));
  const samples: Sample[] = [];
  const address = await new Promise<string>((resolve) => {
    createInterface(server.stdout).on('line', (text) => {
      const line = JSON.parse(text) as { address: string } | Sample;
      if ('address' in line) resolve(line.address);
      else samples.push(line);
    });
  });
  return { address, samples };
}

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

const middle = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
const growth = (from: number, to: number): string => `${(((to - from) / from) * 100).toFixed(1)} %`;

it(
  'three windows and two processes',
  async () => {
    const workspace = await folderWithData(temporaryFolder(), 200);
    const { address, samples } = await startServing(workspace);
    const browser = await launchBrowser();
    onTestFinished(() => browser.close());
    const served = { address, workspace, unroll: () => '', stop: () => Promise.resolve() };
    const windows = await Promise.all(
      [0, 1, 2].map(async (): Promise<Window> => {
        const opened = await openPage(browser, served);
        return { opened, session: await opened.page.context().newCDPSession(opened.page) };
      }),
    );
    const application = open(workspace);
    const begun = performance.now();
    const goesOn = (until: number) => performance.now() - begun < until;
    let rounds = 0;
    let visits = 0;
    const walk = async ({ opened }: Window, until: number) => {
      for (let at = 0; goesOn(until) || at < SCREENS.length; at++, visits++) {
        await opened.go(SCREENS[at % SCREENS.length]!);
        await opened.page.waitForTimeout(150);
      }
      await opened.go('start');
    };
    const act = async (until: number) => {
      do await work(application, ++rounds);
      while (goesOn(until));
    };
    await Promise.all([act(LASTS_MS / 3), ...windows.map((window) => walk(window, LASTS_MS / 3))]);
    const before = await Promise.all(windows.map(sizeOf));
    const warm = samples.length;
    await Promise.all([act(LASTS_MS), ...windows.map((window) => walk(window, LASTS_MS))]);
    const after = await Promise.all(windows.map(sizeOf));

    for (const { opened } of windows) expect(opened.complaints).toEqual([]);
    const { db, close } = openWorkspace(workspace);
    const job = { signal: new AbortController().signal, progress: () => undefined };
    expect(await checkWorkspace(db, job)).toEqual([]);
    close();
    const sum = (sizes: typeof before, of: 'nodes' | 'bytes') =>
      sizes.reduce((all, size) => all + size[of], 0);
    expect(sum(after, 'nodes')).toBeLessThan(sum(before, 'nodes') * 1.2);
    expect(sum(after, 'bytes')).toBeLessThan(sum(before, 'bytes') * 1.3);
    const later = samples.slice(warm);
    const [early, late] = [later.slice(0, later.length / 2), later.slice(later.length / 2)];
    const [rssFrom, rssTo] = [early, late].map((part) => middle(part.map(({ rss }) => rss))) as [
      number,
      number,
    ];
    const handles = late.at(-1)!.handles - early[0]!.handles;
    expect(rssTo).toBeLessThan(rssFrom * 1.2);
    expect(handles).toBeLessThanOrEqual(2);
    const minutes = (LASTS_MS / 60_000).toFixed(1);
    record(
      'three windows and two processes',
      `${minutes} minutes, ${visits} screens, ${rounds} rounds of import, training and removal, no complaint, all whole`,
    );
    record(
      'nothing grows',
      `page nodes ${growth(sum(before, 'nodes'), sum(after, 'nodes'))}, page memory ${growth(sum(before, 'bytes'), sum(after, 'bytes'))}, memory of main ${growth(rssFrom, rssTo)}, handles ${handles}`,
    );
  },
  patience(90_000, 1_200_000),
);
