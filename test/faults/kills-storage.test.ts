/** Kill -9 of what writes data sets, files and schemas: what it makes is there whole or not at all. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect, it } from 'vitest';
import { openApplication } from '../../src/main/application.ts';
import { finishJob } from '../../src/main/shells/finish-job.ts';
import { DATABASE_FILE, openWorkspace } from '../../src/main/store/database.ts';
import { sha256 } from '../../src/main/store/dataset-content.ts';
import { migrate, readMigrations } from '../../src/main/store/migrations.ts';
import { folderWithData, open, trainUndisturbed } from './applications.ts';
import { many, record } from './figures.ts';
import { expectWhole, inLanes, KILLS, moment, MOST_MS, work, type Lane } from './killed-work.ts';
import { temporaryFolder } from '../unit/main/workspace.ts';
import type { Work } from './work-process.ts';

/** Another workspace after so many imports: the whole of it is checked after each. */
const IMPORTS_A_WORKSPACE = 20;

function reviews(): string {
  const path = join(temporaryFolder(), 'reviews.csv');
  const words = (row: number) =>
    Array.from({ length: 20 }, (_, place) => `word${(row * 31 + place * 17) % 900}`);
  const rows = Array.from({ length: many(2000, 6000) }, (_, row) => `"${words(row).join(' ')}",${row % 2}`);
  writeFileSync(path, `text,label\n${rows.join('\n')}\n`);
  return path;
}

async function killImports(lane: Lane): Promise<number> {
  const path = reviews();
  const importAs = (name: string): Work => ({ kind: 'import', input: { path, name } });
  let folder = '';
  let took = 0;
  let whole = 0;
  for (let kills = 0, number = 0; kills < lane.kills; number++) {
    if (number % IMPORTS_A_WORKSPACE === 0) {
      folder = temporaryFolder();
      took = (await work(folder, importAs('undisturbed'), null)).took;
    }
    const after = lane.chance() * took;
    const before = (await dataHashes(folder)).length;
    const { ended } = await work(folder, importAs(`killed-${number}`), after);
    await expectWhole(folder, moment(lane, kills, after));
    const hashes = await dataHashes(folder);
    expect(new Set(hashes).size, moment(lane, kills, after)).toBe(1);
    // A name is free again where the data set did not come to be.
    if (hashes.length === before) await work(folder, importAs(`killed-${number}`), null);
    if (ended) continue;
    kills++;
    whole += hashes.length - before;
  }
  return whole;
}

async function dataHashes(workspace: string): Promise<string[]> {
  const application = openApplication({ workspace, shell: 'cli' });
  try {
    return (await application.call('data.list', {})).map(({ hash }) => hash);
  } finally {
    await application.close();
  }
}

it(
  'of an import: the data set is there whole or not at all',
  async () => {
    const whole = await inLanes(killImports);
    record('kill -9 of an import', `${KILLS} kills, ${whole} data sets whole, the others not there`);
  },
  MOST_MS,
);

const FORMATS = [
  ['keras', '.keras'],
  ['bundle', ''],
  ['h5', '.h5'],
] as const;
const KINDS = FORMATS.slice(0, many(1, FORMATS.length));

async function killExports(lane: Lane): Promise<number> {
  const workspace = await folderWithData();
  const application = open(workspace);
  await trainUndisturbed(application, 'trained', 1);
  const out = temporaryFolder();
  const exportTo = (format: (typeof FORMATS)[number][0] | 'tfjs', path: string, replace = false): Work => ({
    kind: 'export',
    input: { run: 'trained', format, path, replace },
  });
  const took = new Map<string, number>();
  for (const [format, ending] of KINDS) {
    const path = join(out, `undisturbed-${format}${ending}`);
    took.set(format, (await work(workspace, exportTo(format, path), null)).took);
  }
  const tokens = [[3, 1, 4, 1, 5, 9]];
  const [expected] = await finishJob(application, 'predictions.score', { source: 'trained', tokens });
  let whole = 0;
  for (let kills = 0, number = 0; kills < lane.kills; number++) {
    const [format, ending] = KINDS[number % KINDS.length]!;
    const path = join(out, `killed-${number}${ending}`);
    const after = lane.chance() * took.get(format)!;
    const { ended } = await work(workspace, exportTo(format, path), after);
    if (!ended) kills++;
    if (!existsSync(path)) {
      expect(ended, moment(lane, kills, after)).toBe(false);
      continue;
    }
    if (!ended) whole++;
    const [scored] = await finishJob(application, 'predictions.score', { source: path, tokens });
    expect(scored?.probabilities[0], moment(lane, kills, after)).toBeCloseTo(expected!.probabilities[0]!, 6);
  }
  await expectWhole(workspace, moment(lane, lane.kills, 0));
  const folder = join(out, 'tfjs');
  await finishJob(application, 'runs.export', { run: 'trained', format: 'tfjs', path: folder });
  const made = statSync(join(folder, 'model.json')).mtimeMs;
  await work(workspace, exportTo('tfjs', folder, true), 'replacing-process.ts');
  expect(existsSync(folder)).toBe(false);
  await work(workspace, exportTo('keras', join(out, 'last.keras')), null);
  expect(statSync(join(folder, 'model.json')).mtimeMs).toBe(made);
  expect(readdirSync(out).filter((name) => /\.(part|before)$/.test(name))).toEqual([]);
  return whole;
}

it(
  'of an export: the file is there whole or not at all',
  async () => {
    const whole = await inLanes(killExports);
    record('kill -9 of an export', `${KILLS} kills, ${whole} files whole, the others not there`);
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

async function killUpgrades(lane: Lane): Promise<number> {
  const folder = temporaryFolder();
  const old = join(folder, 'old.sqlite');
  oldDatabase(old, many(200, 600));
  const workspaceAt = (name: string): string => {
    const workspace = join(folder, name);
    mkdirSync(workspace);
    copyFileSync(old, join(workspace, DATABASE_FILE));
    return workspace;
  };
  const undisturbed = workspaceAt('undisturbed');
  const { took } = await work(undisturbed, { kind: 'upgrade' }, null);
  const content = contentOf(undisturbed);
  let kills = 0;
  for (let number = 0; kills < lane.kills; number++) {
    const workspace = workspaceAt(`killed-${number}`);
    const after = lane.chance() * took;
    if (!(await work(workspace, { kind: 'upgrade' }, after)).ended) kills++;
    expect(contentOf(workspace), moment(lane, kills, after)).toBe(content);
    await expectWhole(workspace, moment(lane, kills, after));
    rmSync(workspace, { recursive: true });
  }
  return kills;
}

it(
  'of an upgrade to a new schema: it is done again, to the same content',
  async () => {
    const kills = await inLanes(killUpgrades);
    record('kill -9 of an upgrade to a new schema', `${kills} kills, same content`);
  },
  MOST_MS,
);
