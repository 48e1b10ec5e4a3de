/** Kill -9 at random moments of everything that writes: what was told stays, nothing is half there, and work goes on from it. */
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { expect, it, onTestFinished } from 'vitest';
import { checkWorkspace } from '../../src/main/store/check.ts';
import { DATABASE_FILE, openWorkspace } from '../../src/main/store/database.ts';
import { sha256 } from '../../src/main/store/dataset-content.ts';
import { migrate, readMigrations } from '../../src/main/store/migrations.ts';
import { openApplication } from '../../src/main/application.ts';
import { finishJob } from '../../src/main/shells/finish-job.ts';
import { folderWithData, isAlive, open, runEnd, smallRun, trainUndisturbed, until } from './applications.ts';
import { chance, many, patience, record, seed } from './figures.ts';
import { temporaryFolder } from '../unit/main/workspace.ts';
import type { Work } from './work-process.ts';

const EPOCHS = many(5, 12);
const MOST_MS = patience(60_000, 3_600_000);
const quietJob = { signal: new AbortController().signal, progress: () => undefined };

interface Outcome {
  ended: boolean;
  epochs: number[];
  children: number[];
  /** Milliseconds from the beginning of the work to its end. */
  took: number;
}

/** Does a piece of work in a process of its own. @param killAfter milliseconds after it has begun, or null */
async function work(workspace: string, what: Work, killAfter: number | null): Promise<Outcome> {
  const script = join(import.meta.dirname, 'work-process.ts');
  const worker = spawn(process.execPath, [script, workspace, JSON.stringify(what)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void worker.kill('SIGKILL'));
  const outcome: Outcome = { ended: false, epochs: [], children: [], took: 0 };
  let begunAt: number | null = null;
  createInterface(worker.stdout).on('line', (text) => {
    const line = JSON.parse(text) as { begun?: true; ended?: true; epoch?: number; children?: number[] };
    if (line.epoch !== undefined) outcome.epochs.push(line.epoch);
    if (line.children) outcome.children = line.children;
    if (line.ended) Object.assign(outcome, { ended: true, took: performance.now() - (begunAt ?? 0) });
    if (line.begun && begunAt === null) {
      begunAt = performance.now();
      if (killAfter !== null) setTimeout(() => worker.kill('SIGKILL'), killAfter);
    }
  });
  await new Promise((resolve) => worker.once('close', resolve));
  return outcome;
}

async function expectWhole(folder: string, when: string): Promise<void> {
  const workspace = openWorkspace(folder);
  try {
    expect(await checkWorkspace(workspace.db, quietJob), when).toEqual([]);
  } finally {
    workspace.close();
  }
}

const moment = (kill: number, after: number): string =>
  `kill ${kill}, ${Math.round(after)} ms after the beginning, seed ${seed}`;

it(
  'of a training child: the run ends, resumed each time, in the same weights bit for bit',
  async () => {
    const application = open(await folderWithData());
    const begun = performance.now();
    const { weightsSha256 } = await trainUndisturbed(application, 'undisturbed', EPOCHS);
    const undisturbed = performance.now() - begun;
    const wanted = many(1, 60);
    let kills = 0;
    for (let number = 1; kills < wanted; number++) {
      const name = `killed-${number}`;
      const told: number[] = [];
      const { id } = await application.call('training.start', smallRun(name, EPOCHS));
      const stop = application.on('run.epoch', ({ run, epoch }) => run === id && told.push(epoch));
      for (;;) {
        const end = runEnd(application, name);
        const after = chance() * undisturbed;
        const kill = () => application.childPids().forEach((pid) => process.kill(pid, 'SIGKILL'));
        const timer = kills < wanted ? setTimeout(kill, after) : undefined;
        const run = await end;
        clearTimeout(timer);
        const { x } = await application.call('runs.curves', { run: name });
        expect(x, moment(kills, after)).toEqual(expect.arrayContaining(told));
        expect(x).toEqual(Array.from({ length: run.epochsDone }, (_, epoch) => epoch + 1));
        if (run.status === 'done') {
          expect(run.weightsSha256, moment(kills, after)).toBe(weightsSha256);
          break;
        }
        expect(run.status, moment(kills, after)).toBe('interrupted');
        kills++;
        await application.call('training.resume', { run: name });
      }
      stop();
    }
    await expectWhole(application.workspace, `seed ${seed}`);
    record('kill -9 of the training process', `${kills} kills, no epoch lost, same weights`);
  },
  MOST_MS,
);

it(
  'of main while it trains: no epoch it told of is lost, and the run ends in the same weights',
  async () => {
    const folder = await folderWithData();
    const undisturbed = await work(folder, { kind: 'train', input: smallRun('undisturbed', EPOCHS) }, null);
    expect(undisturbed.epochs).toHaveLength(EPOCHS);
    const weights = await weightsOf(folder, 'undisturbed');
    const wanted = many(1, 60);
    let kills = 0;
    for (let number = 1; kills < wanted; number++) {
      const name = `killed-${number}`;
      const told: number[] = [];
      let what: Work = { kind: 'train', input: smallRun(name, EPOCHS) };
      for (;;) {
        const after = kills < wanted ? chance() * undisturbed.took : null;
        const { ended, epochs, children } = await work(folder, what, after);
        if (!ended) expect(after, 'a process ended by itself').not.toBeNull();
        told.push(...epochs);
        if (ended) break;
        kills++;
        await until(() => !children.some(isAlive));
        await expectWhole(folder, moment(kills, after ?? 0));
        expect(storedEpochs(folder, name), moment(kills, after ?? 0)).toEqual(expect.arrayContaining(told));
        what = { kind: 'resume', run: name };
      }
      expect(await weightsOf(folder, name), `seed ${seed}`).toBe(weights);
    }
    record('kill -9 of main while it trains', `${kills} kills, no epoch lost, same weights`);
  },
  MOST_MS,
);

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
  'of an import: the data set is there whole or not at all',
  async () => {
    const folder = temporaryFolder();
    const path = join(folder, 'reviews.csv');
    const words = (row: number) =>
      Array.from({ length: 20 }, (_, place) => `word${(row * 31 + place * 17) % 900}`);
    const rows = Array.from({ length: many(2000, 8000) }, (_, row) => `"${words(row).join(' ')}",${row % 2}`);
    writeFileSync(path, `text,label\n${rows.join('\n')}\n`);
    const importAs = (name: string): Work => ({ kind: 'import', input: { path, name } });
    const { took } = await work(folder, importAs('undisturbed'), null);
    const kills = many(1, 30);
    let complete = 0;
    for (let kill = 1; kill <= kills; kill++) {
      const after = chance() * took;
      await work(folder, importAs(`killed-${kill}`), after);
      await expectWhole(folder, moment(kill, after));
      const hashes = await dataHashes(folder);
      expect(new Set(hashes).size, moment(kill, after)).toBe(1);
      complete = hashes.length - 1;
    }
    await work(folder, importAs('killed-1-again'), null);
    expect(await dataHashes(folder)).toHaveLength(complete + 2);
    record('kill -9 of an import', `${kills} kills, ${complete} data sets whole, the others not there`);
  },
  MOST_MS,
);

async function dataHashes(workspace: string): Promise<string[]> {
  const application = openApplication({ workspace, shell: 'cli' });
  try {
    return (await application.call('data.list', {})).map(({ hash }) => hash);
  } finally {
    await application.close();
  }
}

it(
  'of an export: the file is there whole or not at all',
  async () => {
    const workspace = await folderWithData();
    const application = open(workspace);
    await trainUndisturbed(application, 'trained', 1);
    const out = temporaryFolder();
    const all = [
      ['keras', '.keras'],
      ['bundle', ''],
      ['h5', '.h5'],
    ] as const;
    const kinds = all.slice(0, many(1, all.length));
    const took = new Map<string, number>();
    for (const [format, ending] of kinds) {
      const begun = performance.now();
      const path = join(out, `undisturbed-${format}${ending}`);
      await finishJob(application, 'runs.export', { run: 'trained', format, path });
      took.set(format, performance.now() - begun);
    }
    const tokens = [[3, 1, 4, 1, 5, 9]];
    const [expected] = await finishJob(application, 'predictions.score', { source: 'trained', tokens });
    const kills = many(1, 25);
    let whole = 0;
    for (let kill = 1; kill <= kills; kill++) {
      const [format, ending] = kinds[kill % kinds.length]!;
      const path = join(out, `killed-${kill}${ending}`);
      const after = chance() * took.get(format)! * 1.5;
      await work(workspace, { kind: 'export', input: { run: 'trained', format, path } }, after);
      if (!existsSync(path)) continue;
      whole++;
      const [scored] = await finishJob(application, 'predictions.score', { source: path, tokens });
      expect(scored?.probabilities[0], moment(kill, after)).toBeCloseTo(expected!.probabilities[0]!, 6);
    }
    await expectWhole(workspace, `seed ${seed}`);
    record('kill -9 of an export', `${kills} kills, ${whole} files whole, the others not there`);
  },
  MOST_MS,
);

const OLD_SCHEMA = 2;

/** A workspace as an earlier version left it, with enough in it for the upgrade to take a moment. */
function oldDatabase(path: string, runs: number): void {
  const db = new Database(path);
  db.pragma('journal_mode = WAL');
  migrate(db, path, readMigrations().slice(0, OLD_SCHEMA));
  db.exec(
    `INSERT INTO datasets VALUES ('d', 'data', 'tokens', 1, 'binary', '[]', NULL, 0, 0, 0, 0, 1, '', '{}', 0, NULL)`,
  );
  const addRun = db.prepare(
    `INSERT INTO runs (id, name, status, model, graph, dataset_id, dataset_hash, preprocessing, training, engine, machine,
       versions, parameters, epochs_done, created_at) VALUES (@id, @id, 'done', 'm', '{}', 'd', '', '{}', '{"epochs":20}', 'simd',
       '{}', '{}', 1, 20, 0)`,
  );
  const addEpoch = db.prepare('INSERT INTO epoch_metrics VALUES (?, ?, ?, 1, 0.1, 1, 0)');
  db.transaction(() => {
    for (let run = 0; run < runs; run++) {
      addRun.run({ id: `run-${run}` });
      for (let epoch = 1; epoch <= 20; epoch++)
        addEpoch.run(`run-${run}`, epoch, JSON.stringify({ loss: Math.sin(run * epoch), acc: 1 / epoch }));
    }
  })();
  db.close();
}

/** What an upgrade makes of it, in one number. */
function contentOf(folder: string): string {
  const { db, close } = openWorkspace(folder);
  const rows = ['runs', 'epoch_metrics', 'run_metrics'].flatMap((table) =>
    db.prepare(`SELECT * FROM ${table}`).raw().all(),
  );
  close();
  return sha256(Buffer.from(JSON.stringify(rows)));
}

it(
  'of an upgrade to a new schema: it is done again, to the same content',
  async () => {
    const folder = temporaryFolder();
    const old = join(folder, 'old.sqlite');
    oldDatabase(old, many(200, 2000));
    const workspaceAt = (name: string): string => {
      const workspace = join(folder, name);
      mkdirSync(workspace);
      copyFileSync(old, join(workspace, DATABASE_FILE));
      return workspace;
    };
    const undisturbed = workspaceAt('undisturbed');
    const { took } = await work(undisturbed, { kind: 'upgrade' }, null);
    const content = contentOf(undisturbed);
    const kills = many(1, 25);
    for (let kill = 1; kill <= kills; kill++) {
      const workspace = workspaceAt(`killed-${kill}`);
      const after = chance() * took;
      await work(workspace, { kind: 'upgrade' }, after);
      expect(contentOf(workspace), moment(kill, after)).toBe(content);
      await expectWhole(workspace, moment(kill, after));
    }
    record('kill -9 of an upgrade to a new schema', `${kills} kills, same content`);
  },
  MOST_MS,
);
