/** Training processes that hang or run out of memory, clocks that jump, and many clients of one workspace. */
import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openApplication } from '../../src/main/application.ts';
import { folderWithData, once, open, runEnd, smallRun, trainUndisturbed } from './applications.ts';
import { record } from './figures.ts';
import { temporaryFolder } from '../unit/main/workspace.ts';

it('a training process that hangs is told of, and ended on request; the run goes on to the same weights', async () => {
  const workspace = await folderWithData();
  const application = openApplication({ workspace, shell: 'cli', silentAfterMs: 600 });
  onTestFinished(() => application.close());
  const { weightsSha256 } = await trainUndisturbed(application, 'undisturbed', 3);
  await application.call('training.start', smallRun('hanging', 3));
  await once(application, 'run.epoch', ({ epoch }) => epoch === 1);
  const silent = once(application, 'run.silent', ({ seconds }) => seconds !== null);
  const stoppedAt = performance.now();
  for (const pid of application.childPids()) process.kill(pid, 'SIGSTOP');
  expect(await silent).toMatchObject({ name: 'hanging' });
  const noticed = performance.now() - stoppedAt;
  const heard = once(application, 'run.silent', ({ seconds }) => seconds === null);
  const ended = await application.call('training.end', { run: 'hanging' });
  expect(ended).toMatchObject({ status: 'interrupted', error: { code: 'training-child-died' } });
  await heard;
  const end = runEnd(application, 'hanging');
  await application.call('training.resume', { run: 'hanging' });
  expect(await end).toMatchObject({ status: 'done', weightsSha256 });
  record(
    'a hanging training process',
    `told after ${(noticed / 1000).toFixed(1)} s where 0.6 s were allowed, ended, same weights`,
  );
});

it.runIf(process.platform !== 'win32')(
  'a training process that has less memory than it needs fails its run with the reason, which goes on elsewhere',
  async () => {
    const workspace = await folderWithData();
    const limited = join(temporaryFolder(), 'node');
    writeFileSync(limited, `#!/bin/sh\nexec "${process.execPath}" --max-old-space-size=12 "$@"\n`);
    chmodSync(limited, 0o755);
    const small = openApplication({ workspace, shell: 'cli', nodePath: limited });
    const failed = runEnd(small, 'limited');
    await small.call('training.start', smallRun('limited', 2));
    expect(await failed).toMatchObject({ status: 'failed', error: { code: 'out-of-memory' } });
    await small.close();
    const application = open(workspace);
    const end = runEnd(application, 'limited');
    await application.call('training.resume', { run: 'limited' });
    expect(await end).toMatchObject({ status: 'done' });
    record(
      'a training process out of memory',
      'fails its run with the reason; resumed with more, it is done',
    );
  },
);

const DAY_MS = 24 * 3_600_000;

it('a clock set back by a day, then ahead by two, while a run trains changes nothing about it', async () => {
  const workspace = await folderWithData();
  const application = open(workspace);
  const other = open(workspace);
  const { weightsSha256 } = await trainUndisturbed(application, 'undisturbed', 6);
  await application.call('training.start', smallRun('jumped', 6));
  const end = runEnd(application, 'jumped');
  const now = Date.now;
  const clock = vi.spyOn(Date, 'now');
  onTestFinished(() => clock.mockRestore());
  for (const [epoch, by] of [
    [1, -DAY_MS],
    [3, DAY_MS],
  ] as const) {
    await once(application, 'run.epoch', (done) => done.epoch === epoch);
    clock.mockImplementation(() => now() + by);
    await expect(other.call('training.stop', { run: 'jumped' })).rejects.toMatchObject({ code: 'run-busy' });
  }
  expect(await end).toMatchObject({ status: 'done', weightsSha256 });
  const { seconds } = await application.call('runs.curves', { run: 'jumped' });
  expect(Math.min(...seconds)).toBeGreaterThan(0);
  record('a clock set back by a day, then ahead by two', 'the run is done, same weights, no negative times');
});
