/** Kill -9 of training, of its process and of the one above it: what was told stays, and it ends in the same weights. */
import { expect, it } from 'vitest';
import { openApplication } from '../../src/main/application.ts';
import { openWorkspace } from '../../src/main/store/database.ts';
import { folderWithData, isAlive, open, runEnd, smallRun, trainUndisturbed, until } from './applications.ts';
import { many, record } from './figures.ts';
import { expectWhole, inLanes, KILLS, moment, MOST_MS, work, type Lane } from './killed-work.ts';
import type { Work } from './work-process.ts';

const EPOCHS = many(5, 7);

async function killChildren(lane: Lane): Promise<number> {
  const application = open(await folderWithData());
  const begun = performance.now();
  const { weightsSha256 } = await trainUndisturbed(application, 'undisturbed', EPOCHS);
  const undisturbed = performance.now() - begun;
  let kills = 0;
  for (let number = 1; kills < lane.kills; number++) {
    const name = `killed-${number}`;
    const told: number[] = [];
    const { id } = await application.call('training.start', smallRun(name, EPOCHS));
    const stop = application.on('run.epoch', ({ run, epoch }) => run === id && told.push(epoch));
    for (;;) {
      const end = runEnd(application, name);
      const after = lane.chance() * undisturbed;
      const kill = () => application.childPids().forEach((pid) => process.kill(pid, 'SIGKILL'));
      const timer = kills < lane.kills ? setTimeout(kill, after) : undefined;
      const run = await end;
      clearTimeout(timer);
      const { x } = await application.call('runs.curves', { run: name });
      expect(x, moment(lane, kills, after)).toEqual(expect.arrayContaining(told));
      expect(x).toEqual(Array.from({ length: run.epochsDone }, (_, epoch) => epoch + 1));
      if (run.status === 'done') {
        expect(run.weightsSha256, moment(lane, kills, after)).toBe(weightsSha256);
        break;
      }
      expect(run.status, moment(lane, kills, after)).toBe('interrupted');
      kills++;
      await application.call('training.resume', { run: name });
    }
    stop();
  }
  await expectWhole(application.workspace, moment(lane, kills, 0));
  return kills;
}

it(
  'of a training child: the run ends, resumed each time, in the same weights bit for bit',
  async () => {
    const kills = await inLanes(killChildren);
    expect(kills).toBeGreaterThanOrEqual(KILLS);
    record('kill -9 of the training process', `${kills} kills, no epoch lost, same weights`);
  },
  MOST_MS,
);

async function killMains(lane: Lane): Promise<number> {
  const folder = await folderWithData();
  const undisturbed = await work(folder, { kind: 'train', input: smallRun('undisturbed', EPOCHS) }, null);
  expect(undisturbed.epochs).toHaveLength(EPOCHS);
  const weights = await weightsOf(folder, 'undisturbed');
  let kills = 0;
  for (let number = 1; kills < lane.kills; number++) {
    const name = `killed-${number}`;
    const told: number[] = [];
    let what: Work = { kind: 'train', input: smallRun(name, EPOCHS) };
    for (;;) {
      const after = kills < lane.kills ? lane.chance() * undisturbed.took : null;
      const { ended, epochs, children } = await work(folder, what, after);
      if (!ended) expect(after, 'a process ended by itself').not.toBeNull();
      told.push(...epochs);
      if (ended) break;
      kills++;
      await until(() => !children.some(isAlive));
      await expectWhole(folder, moment(lane, kills, after ?? 0));
      expect(storedEpochs(folder, name), moment(lane, kills, after ?? 0)).toEqual(
        expect.arrayContaining(told),
      );
      what = { kind: 'resume', run: name };
    }
    expect(await weightsOf(folder, name), moment(lane, kills, 0)).toBe(weights);
  }
  return kills;
}

async function weightsOf(workspace: string, run: string): Promise<string | null> {
  const application = openApplication({ workspace, shell: 'cli' });
  try {
    return (await application.call('runs.show', { run })).weightsSha256;
  } finally {
    await application.close();
  }
}

function storedEpochs(folder: string, run: string): number[] {
  const workspace = openWorkspace(folder);
  const sql = 'SELECT epoch FROM epoch_metrics JOIN runs ON run_id = id WHERE name = ? ORDER BY epoch';
  const epochs = workspace.db.prepare(sql).pluck().all(run) as number[];
  workspace.close();
  return epochs;
}

it(
  'of main while it trains: no epoch it told of is lost, and the run ends in the same weights',
  async () => {
    const kills = await inLanes(killMains);
    expect(kills).toBeGreaterThanOrEqual(KILLS);
    record('kill -9 of main while it trains', `${kills} kills, no epoch lost, same weights`);
  },
  MOST_MS,
);
