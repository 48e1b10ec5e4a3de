/** Files that a disk, a crash or a person has changed: found, said, and put right as far as can be. */
import { copyFileSync, mkdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { checkWorkspace } from '../../src/main/store/check.ts';
import { DATABASE_FILE, openWorkspace } from '../../src/main/store/database.ts';
import { repairWorkspace } from '../../src/main/store/repair.ts';
import { UnrollError } from '../../src/shared/errors.ts';
import { folderWithData, once, open, runEnd, smallRun, trainUndisturbed } from './applications.ts';
import { chance, many, patience, record, seed } from './figures.ts';
import { temporaryFolder } from '../unit/main/workspace.ts';

const job = { signal: new AbortController().signal, progress: () => undefined };
const MOST_MS = patience(60_000, 1_800_000);

const pick = (below: number): number => Math.floor(chance() * below);

it(
  'a checkpoint with a flipped bit: the run goes on from the one before, says so, and ends in the same weights',
  { timeout: MOST_MS },
  async () => {
    const application = open(await folderWithData());
    const { weightsSha256 } = await trainUndisturbed(application, 'undisturbed', 4);
    const flips = many(1, 20);
    for (let flip = 1; flip <= flips; flip++) {
      const name = `flipped-${flip}`;
      await application.call('training.start', smallRun(name, 4));
      await once(application, 'run.epoch', ({ epoch }) => epoch === 2);
      await application.call('training.stop', { run: name });
      flipBit(application.workspace, name);
      const end = runEnd(application, name);
      await application.call('training.resume', { run: name });
      expect(await end, `seed ${seed}`).toMatchObject({ status: 'done', epochsDone: 4, weightsSha256 });
      const log = await application.call('runs.log', { run: name });
      expect(log.filter(({ level }) => level === 'warn')).toEqual([
        expect.objectContaining({
          message: expect.stringContaining('goes on from the one before') as string,
        }),
      ]);
    }
    record(
      'a flipped bit in a checkpoint',
      `${flips} of ${flips} found, said and gone on from the one before, same weights`,
    );
  },
);

function flipBit(folder: string, run: string): void {
  const { db, close } = openWorkspace(folder);
  const where = `FROM checkpoints JOIN runs ON run_id = runs.id WHERE name = ? AND which = 'last'`;
  const { id, data } = db
    .prepare<[string], { id: string; data: Buffer }>(`SELECT runs.id, data ${where}`)
    .get(run)!;
  const place = pick(data.length);
  data[place] = data[place]! ^ (1 << pick(8));
  db.prepare("UPDATE checkpoints SET data = ? WHERE run_id = ? AND which = 'last'").run(data, id);
  close();
}

/** A workspace with a data set, two trained runs and an evaluation, closed and in one file. */
async function usedWorkspace(): Promise<string> {
  const folder = await folderWithData(temporaryFolder(), 200);
  const application = open(folder);
  await trainUndisturbed(application, 'first', 3);
  await trainUndisturbed(application, 'second', 2);
  await application.close();
  return folder;
}

const PAGE_BYTES = 4096;

it(
  'a corrupted page: the workspace is refused, or the check finds it and the repair leaves a whole one',
  async () => {
    const used = join(await usedWorkspace(), DATABASE_FILE);
    const pages = statSync(used).size / PAGE_BYTES;
    const damages = many(6, 200);
    const outcomes = { refused: 0, repaired: 0, lost: 0, harmless: 0 };
    for (let damage = 1; damage <= damages; damage++) {
      const folder = join(temporaryFolder(), 'workspace');
      mkdirSync(folder);
      const bytes = readFileSync(used);
      const page = pick(pages);
      const at = page * PAGE_BYTES + pick(PAGE_BYTES - 64);
      for (let byte = at; byte < at + 64; byte++) bytes[byte] = pick(256);
      writeFileSync(join(folder, DATABASE_FILE), bytes);
      outcomes[await outcome(folder, `page ${page + 1}, seed ${seed}`)]++;
    }
    const { refused, repaired, lost, harmless } = outcomes;
    record(
      'a corrupted page',
      `${damages} pages: ${repaired} repaired, ${lost} repaired with a word on what is lost, ${refused} refused with advice, ${harmless} where no table and nothing with a checksum was hit`,
    );
  },
  MOST_MS,
);

type Outcome = 'refused' | 'repaired' | 'lost' | 'harmless';

async function outcome(folder: string, which: string): Promise<Outcome> {
  let workspace;
  try {
    workspace = openWorkspace(folder);
  } catch (error) {
    expect(error, which).toBeInstanceOf(UnrollError);
    expect((error as UnrollError).code, which).toMatch(/^workspace-(damaged|newer)$/);
    return 'refused';
  }
  try {
    const problems = await checkWorkspace(workspace.db, job);
    const { left } = await repairWorkspace(workspace, job);
    expect(
      left.filter(({ kind }) => kind === 'pages' || kind === 'references'),
      which,
    ).toEqual([]);
    expect(workspace.db.pragma('integrity_check', { simple: true }), which).toBe('ok');
    return left.length > 0 ? 'lost' : problems.length > 0 ? 'repaired' : 'harmless';
  } finally {
    workspace.close();
  }
}

it(
  'a truncated write-ahead log: the workspace is as it was after one of its transactions',
  async () => {
    const folder = temporaryFolder();
    const workspace = openWorkspace(folder);
    const insert = workspace.db.prepare('INSERT INTO settings VALUES (?, ?)');
    workspace.db.pragma('wal_autocheckpoint = 0');
    for (let row = 0; row < 200; row++)
      insert.run(`key-${String(row).padStart(3, '0')}`, `"${'x'.repeat(row * 7)}"`);
    const copies = many(10, 300);
    for (let copy = 1; copy <= copies; copy++) {
      const other = temporaryFolder();
      for (const ending of ['', '-wal'])
        copyFileSync(join(folder, DATABASE_FILE + ending), join(other, DATABASE_FILE + ending));
      const log = join(other, `${DATABASE_FILE}-wal`);
      truncateSync(log, pick(statSync(log).size + 1));
      const { db, close } = openWorkspace(other);
      const keys = db.prepare("SELECT key FROM settings WHERE key LIKE 'key-%' ORDER BY key").pluck().all();
      expect(keys, `seed ${seed}`).toEqual(keys.map((_, row) => `key-${String(row).padStart(3, '0')}`));
      expect(await checkWorkspace(db, job), `seed ${seed}`).toEqual([]);
      close();
    }
    workspace.close();
    record('a truncated write-ahead log', `${copies} lengths, always whole and without a gap`);
  },
  MOST_MS,
);
