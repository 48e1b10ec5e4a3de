/** What happens to a run when a process dies or two processes want the same workspace. */
import { fork, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  folderWithData,
  isAlive,
  once,
  open,
  runEnd,
  smallRun,
  trainUndisturbed,
  until,
} from './applications.ts';
import { smallGraph, temporaryFolder } from '../unit/main/workspace.ts';

interface Line {
  event: string;
  payload: { epoch?: number; id?: string };
  children: number[];
}

/** Starts a main process that trains, and calls `onLine` with what it tells. */
function startMain(workspace: string, name: string, onLine: (line: Line, kill: () => void) => void) {
  const arguments_ = [
    join(import.meta.dirname, 'main-process.ts'),
    workspace,
    JSON.stringify(smallRun(name, 12)),
  ];
  const main = spawn(process.execPath, arguments_, { stdio: ['ignore', 'pipe', 'inherit'] });
  onTestFinished(() => void main.kill('SIGKILL'));
  createInterface(main.stdout).on('line', (text) =>
    onLine(JSON.parse(text) as Line, () => main.kill('SIGKILL')),
  );
  return new Promise<void>((resolve) => main.once('exit', () => resolve()));
}

describe('a killed training process', () => {
  it('leaves an interrupted run that ends, resumed, in the same weights bit for bit', async () => {
    const application = open(await folderWithData());
    const undisturbed = await trainUndisturbed(application, 'undisturbed', 12);
    expect(undisturbed).toMatchObject({
      status: 'done',
      epochsDone: 12,
      weightsSha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });

    await application.call('training.start', smallRun('killed', 12));
    await once(application, 'run.progress', ({ epoch, batch }) => epoch > 1 && batch > 5);
    const interrupted = runEnd(application, 'killed');
    const [pid] = application.childPids();
    process.kill(pid as number, 'SIGKILL');
    const killed = await interrupted;
    expect(killed).toMatchObject({ status: 'interrupted', error: { code: 'training-child-died' } });
    expect(killed.epochsDone).toBeGreaterThanOrEqual(1);
    const { x } = await application.call('runs.curves', { run: 'killed' });
    expect(x).toEqual(Array.from({ length: killed.epochsDone }, (_, i) => i + 1));

    const end = runEnd(application, 'killed');
    await application.call('training.resume', { run: 'killed' });
    const resumed = await end;
    expect(resumed).toMatchObject({ status: 'done', epochsDone: 12, error: null });
    expect(resumed.weightsSha256).toBe(undisturbed.weightsSha256);
    const curves = await Promise.all(
      ['undisturbed', 'killed'].map((run) => application.call('runs.curves', { run })),
    );
    expect(curves[1]?.series).toEqual(curves[0]?.series);
  });

  it('killed while paused within an epoch goes on from that very batch', async () => {
    const application = open(await folderWithData());
    // Epochs enough that the pause lands inside training, wherever that is.
    const undisturbed = await trainUndisturbed(application, 'undisturbed', 12);

    await application.call('training.start', smallRun('paused', 12));
    await once(application, 'run.progress', ({ batch }) => batch > 5);
    const paused = await application.call('training.pause', { run: 'paused' });
    expect(paused.status).toBe('paused');
    const checkpoints = await application.call('runs.checkpoints', { run: 'paused' });
    const last = checkpoints.find(({ which }) => which === 'last');
    expect(last?.epoch).toBe(paused.epochsDone);
    // Between two batches, which is now and then between two epochs.
    expect(last!.epoch * 80 + last!.batch).toBeGreaterThan(5);

    const interrupted = runEnd(application, 'paused');
    process.kill(application.childPids()[0] as number, 'SIGKILL');
    await interrupted;
    const end = runEnd(application, 'paused');
    await application.call('training.resume', { run: 'paused' });
    expect((await end).weightsSha256).toBe(undisturbed.weightsSha256);
  });
});

describe('a training process that fails by itself', () => {
  it('crashing, fails its run with a word on how, and the run can be resumed', async () => {
    const application = open(await folderWithData());
    await application.call('training.start', smallRun('crashed', 30));
    await once(application, 'run.progress', ({ batch }) => batch > 1);
    const failed = runEnd(application, 'crashed');
    process.kill(application.childPids()[0] as number, 'SIGSEGV');
    expect(await failed).toMatchObject({
      status: 'failed',
      error: { code: 'training-child-died', message: expect.stringContaining('SIGSEGV') as string },
    });
    const end = runEnd(application, 'crashed');
    await application.call('training.resume', { run: 'crashed' });
    expect(await end).toMatchObject({ status: 'done', error: null });
  });

  it('needing more memory than there is, is refused with what it needs', async () => {
    const application = open(await folderWithData());
    const nodes = smallGraph.nodes.map((node) =>
      node.type === 'Embedding' ? { ...node, config: { input_dim: 10_000_000, output_dim: 65_536 } } : node,
    );
    const failed = runEnd(application, 'huge');
    await application.call('training.start', { ...smallRun('huge', 1), model: { ...smallGraph, nodes } });
    expect(await failed).toMatchObject({ status: 'failed', error: { code: 'memory-too-small' } });
  });
});

describe('a killed main process', () => {
  it('takes its child with it and loses no epoch it had told of', async () => {
    const workspace = await folderWithData();
    const told: number[] = [];
    let children: number[] = [];
    await startMain(workspace, 'killed', (line, kill) => {
      if (line.event === 'run.epoch') told.push(line.payload.epoch as number);
      if (line.children.length > 0) children = line.children;
      if (line.event === 'run.progress' && told.length >= 2) kill();
    });
    expect(children).toHaveLength(1);
    await until(() => !isAlive(children[0] as number));

    const application = open(workspace);
    const run = await application.call('runs.show', { run: 'killed' });
    expect(run).toMatchObject({ status: 'interrupted', error: { code: 'training-child-died' } });
    expect(run.epochsDone).toBeGreaterThanOrEqual(2);

    const undisturbed = await trainUndisturbed(application, 'undisturbed', 12);
    const end = runEnd(application, 'killed');
    await application.call('training.resume', { run: 'killed' });
    expect((await end).weightsSha256).toBe(undisturbed.weightsSha256);
  });
});

describe('a second process on the workspace', () => {
  it('sees the runs of the first but cannot touch the one that trains', async () => {
    const workspace = await folderWithData();
    const application = open(workspace);
    const refused = Promise.withResolvers<unknown>();
    const exited = startMain(workspace, 'theirs', (line, kill) => {
      if (line.event !== 'run.progress') return;
      application
        .call('training.stop', { run: 'theirs' })
        .then(refused.resolve, refused.resolve)
        .finally(() => kill());
    });
    expect(await refused.promise).toMatchObject({ code: 'run-busy' });
    await exited;
    // The lease of a process that is gone is found dead at the next beat.
    expect(await runEnd(application, 'theirs')).toMatchObject({ status: 'interrupted' });
  });

  it('may open a new workspace at the same moment', async () => {
    const folder = join(temporaryFolder(), 'new');
    const script = join(temporaryFolder(), 'open.ts');
    const database = join(import.meta.dirname, '../../src/main/store/database.ts');
    writeFileSync(
      script,
      `import { openWorkspace } from ${JSON.stringify(database)}; openWorkspace(${JSON.stringify(folder)}).close();`,
    );
    const codes = Array.from({ length: 4 }, () => {
      const opened = fork(script, { execArgv: [], silent: true });
      return new Promise((resolve) => opened.once('exit', resolve));
    });
    expect(await Promise.all(codes)).toEqual([0, 0, 0, 0]);
  });
});
