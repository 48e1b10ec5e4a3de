/** Disks that are full or may not be written: said in clear words, and what was there stays whole. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { Application } from '../../src/main/application.ts';
import { finishJob } from '../../src/main/shells/finish-job.ts';
import { DATABASE_FILE } from '../../src/main/store/database.ts';
import { folderWithData, once, open, runEnd, smallRun, trainUndisturbed } from './applications.ts';
import { record } from './figures.ts';
import { expectWhole } from './killed-work.ts';
import { temporaryFolder } from '../unit/main/workspace.ts';

const mayMount = process.platform === 'linux' && process.getuid?.() === 0;
if (!mayMount) console.warn('SKIPPED: the tests of disks need root on Linux, to mount small file systems.');

const mount = (...options: string[]) => spawnSync('mount', options, { encoding: 'utf8' });

/** A file system of its own with so much room. */
function smallDisk(size: string): string {
  const folder = join(temporaryFolder(), 'disk');
  mkdirSync(folder);
  const { status, stderr } = mount('-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', folder);
  if (status !== 0) throw new Error(stderr);
  onTestFinished(() => void spawnSync('umount', ['--lazy', folder]));
  return folder;
}

/** Takes all the room that is left. @returns what gives it back */
function fillUp(folder: string): () => void {
  const ballast = join(folder, 'ballast');
  spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=1k']);
  return () => rmSync(ballast);
}

describe.runIf(mayMount)('a full disk', () => {
  it('stops the run and keeps what was stored; with room again it goes on to the same weights', async () => {
    const folder = await folderWithData(smallDisk('8m'));
    const application = open(folder);
    const undisturbed = await trainUndisturbed(application, 'undisturbed');

    await application.call('training.start', smallRun('full'));
    await once(application, 'run.epoch', () => true);
    const end = runEnd(application, 'full');
    const makeRoom = fillUp(folder);
    expect(await end).toMatchObject({ status: 'failed', error: { code: 'workspace-full' } });
    const { x } = await application.call('runs.curves', { run: 'full' });
    expect(x[0]).toBe(1);

    makeRoom();
    const resumedEnd = runEnd(application, 'full');
    await application.call('training.resume', { run: 'full' });
    expect(await resumedEnd).toMatchObject({ status: 'done', weightsSha256: undisturbed.weightsSha256 });
    record('a full disk while a run trains', 'said; with room again it ends in the same weights');
  });

  it('is said when a new workspace does not fit', () => {
    const folder = smallDisk('16k');
    expect(() => open(folder)).toThrow(expect.objectContaining({ code: 'workspace-full' }));
    record('a disk too small for a workspace', 'said, none begun');
  });

  async function dataNames(application: Application): Promise<string[]> {
    return (await application.call('data.list', {})).map(({ name }) => name);
  }

  it('refuses an import that does not fit; nothing of it is there, and one that fits is taken', async () => {
    const folder = smallDisk('4m');
    const application = open(folder);
    const path = join(temporaryFolder(), 'reviews.csv');
    const text = (row: number) =>
      Array.from({ length: 40 }, (_, place) => `word${(row * 7919 + place * 104729) % 50_000}`).join(' ');
    const write = (rows: number) =>
      writeFileSync(
        path,
        `text,label\n${Array.from({ length: rows }, (_, row) => `${text(row)},${row % 2}`).join('\n')}\n`,
      );
    write(30_000);
    const large = finishJob(application, 'data.import', { path, name: 'large' });
    await expect(large).rejects.toMatchObject({ code: 'workspace-full' });
    expect(await dataNames(application)).toEqual([]);
    write(200);
    await finishJob(application, 'data.import', { path, name: 'small' });
    expect(await dataNames(application)).toEqual(['small']);
    await application.close();
    await expectWhole(folder, 'after an import that did not fit');
    record('an import onto a full disk', 'refused, nothing of it there; one that fits is taken');
  });

  it('refuses a backup, an export and answers that do not fit; nothing is left of them, and the workspace is whole', async () => {
    const folder = await folderWithData(smallDisk('8m'));
    const application = open(folder);
    await trainUndisturbed(application, 'trained', 1);
    const place = smallDisk('32k');
    const backUp = (path: string) => finishJob(application, 'workspace.backup', { path });
    const exportTo = (path: string) =>
      finishJob(application, 'runs.export', { run: 'trained', format: 'keras', path });
    await expect(backUp(join(place, 'copy.sqlite'))).rejects.toMatchObject({ code: 'disk-full' });
    expect(readdirSync(place)).toEqual([]);
    const rows = join(temporaryFolder(), 'rows.jsonl');
    writeFileSync(rows, '{"tokens":[1,2,3],"note":"told again in every answer"}\n'.repeat(5000));
    const scoreInto = (out: string) =>
      finishJob(application, 'predictions.file', { source: 'trained', path: rows, out });
    await expect(scoreInto(join(place, 'scored.csv'))).rejects.toMatchObject({ code: 'disk-full' });
    expect(readdirSync(place)).toEqual([]);
    fillUp(place);
    await expect(exportTo(join(place, 'trained.keras'))).rejects.toMatchObject({ code: 'disk-full' });
    expect(readdirSync(place)).toEqual(['ballast']);
    await application.close();
    await expectWhole(folder, 'after a backup that did not fit');
    record('a backup or an export onto a full disk', 'refused, nothing left of it, the workspace whole');
  });
});

it.runIf(mayMount)('a disk that has become read-only is said, and nothing is changed', async () => {
  const folder = smallDisk('16m');
  await folderWithData(folder, 100);
  const before = readFileSync(join(folder, DATABASE_FILE));
  expect(mount('-o', 'remount,ro', folder).status).toBe(0);
  expect(() => open(folder)).toThrow(expect.objectContaining({ code: 'workspace-read-only' }));
  expect(readFileSync(join(folder, DATABASE_FILE)).equals(before)).toBe(true);
  record('a read-only disk', 'refused with advice, unchanged');
});
