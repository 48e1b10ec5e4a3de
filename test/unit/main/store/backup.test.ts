import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, it } from 'vitest';
import { stageBeside } from '../../../../src/main/exporters/place.ts';
import {
  backUp,
  backupFolder,
  backupPath,
  listBackups,
  restore,
  restoreUnopened,
} from '../../../../src/main/store/backup.ts';
import { DATABASE_FILE, openWorkspace } from '../../../../src/main/store/database.ts';
import { findDataset, listDatasets } from '../../../../src/main/store/datasets.ts';
import { takeRun } from '../../../../src/main/store/leases.ts';
import { createRun, readRun } from '../../../../src/main/store/runs.ts';
import { insertSmallDataset, newRun, temporaryFolder, temporaryWorkspace } from '../workspace.ts';

const job = { signal: new AbortController().signal, progress: () => undefined };

async function workspaceWithData() {
  const workspace = temporaryWorkspace();
  const dataset = await insertSmallDataset(workspace.db);
  const path = join(temporaryFolder(), 'copies', 'copy.sqlite');
  return { workspace, dataset, path };
}

describe('a backup', () => {
  it('is one whole file with everything in it, made while the workspace is written to', async () => {
    const { workspace, path } = await workspaceWithData();
    const copying = backUp(workspace, path, job);
    workspace.db.prepare("INSERT INTO settings VALUES ('theme', '\"dark\"')").run();
    const { bytes } = await copying;
    expect(bytes).toBeGreaterThan(0);
    expect(readdirSync(dirname(path))).toEqual(['copy.sqlite']);
    const copy = new Database(path, { readonly: true });
    expect(copy.pragma('journal_mode', { simple: true })).toBe('delete');
    expect(copy.prepare('SELECT value FROM settings').pluck().all()).toEqual(['"dark"']);
    expect(copy.prepare('SELECT name FROM datasets').pluck().all()).toEqual(['small']);
    copy.close();
  });

  it('replaces no file, and leaves nothing when it is cancelled', async () => {
    const { workspace, path } = await workspaceWithData();
    const cancelled = { ...job, signal: AbortSignal.abort(new Error('cancelled')) };
    await expect(backUp(workspace, path, cancelled)).rejects.toThrow('cancelled');
    expect(readdirSync(dirname(path))).toEqual([]);
    writeFileSync(path, 'mine');
    await expect(backUp(workspace, path, job)).rejects.toMatchObject({ code: 'name-taken' });
  });

  it('takes away what a killed one left in its folder', async () => {
    const workspace = temporaryWorkspace();
    const to = join(workspace.path, 'copies', 'copy.sqlite');
    mkdirSync(dirname(to));
    const { pid } = spawnSync(process.execPath, ['--version']);
    const left = stageBeside(to).replace(`.${process.pid}.`, `.${pid}.`);
    for (const ending of ['', '-journal']) writeFileSync(left + ending, 'half');
    await backUp(workspace, to, job);
    expect(readdirSync(dirname(to))).toEqual(['copy.sqlite']);
  });

  it('that cannot be written says so', async () => {
    const { workspace } = await workspaceWithData();
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const below = backUp(workspace, join(file, 'copy.sqlite'), job);
    await expect(below).rejects.toMatchObject({ code: 'path-not-writable' });
  });

  it("in the workspace's own folder is listed, newest first", async () => {
    const { workspace } = await workspaceWithData();
    expect(listBackups(workspace.path)).toEqual([]);
    const first = await backUp(workspace, backupPath(workspace.path, 'unroll'), job);
    const second = await backUp(workspace, backupPath(workspace.path, 'unroll'), job);
    expect(dirname(first.path)).toBe(backupFolder(workspace.path));
    expect(new Set(listBackups(workspace.path).map(({ path }) => path))).toEqual(
      new Set([first.path, second.path]),
    );
  });
});

describe('restoring', () => {
  it('brings everything back in one step that another process sees, and keeps what was there', async () => {
    const { workspace, dataset, path } = await workspaceWithData();
    await backUp(workspace, path, job);
    await insertSmallDataset(workspace.db, 'later');
    const other = openWorkspace(workspace.path);
    const { before } = await restore(workspace, path, job);
    for (const { db } of [workspace, other]) expect(listDatasets(db)).toEqual([dataset]);
    other.close();
    expect(workspace.db.pragma('journal_mode', { simple: true })).toBe('wal');
    await restore(workspace, before, job);
    expect(findDataset(workspace.db, 'later')).not.toBeNull();
  });

  it('upgrades an older backup and ends the runs that trained when it was made', async () => {
    const { workspace, dataset, path } = await workspaceWithData();
    const { id } = createRun(workspace.db, newRun(dataset));
    takeRun(workspace.db, id, { pid: process.pid, token: 'ours' });
    await backUp(workspace, path, job);
    const old = new Database(path);
    old.exec('DROP TABLE previous_checkpoints');
    old.pragma('user_version = 5');
    old.close();
    const fresh = temporaryWorkspace();
    await restore(fresh, path, job);
    expect(readRun(fresh.db, id).status).toBe('interrupted');
    expect(fresh.db.prepare('SELECT count(*) FROM previous_checkpoints').pluck().get()).toBe(0);
  });

  it('is refused while a run trains', async () => {
    const { workspace, dataset, path } = await workspaceWithData();
    await backUp(workspace, path, job);
    const { id } = createRun(workspace.db, newRun(dataset));
    takeRun(workspace.db, id, { pid: process.pid, token: 'ours' });
    await expect(restore(workspace, path, job)).rejects.toMatchObject({ code: 'workspace-in-use' });
  });

  it.each([
    ['a text', 'file-damaged', () => Buffer.from('no database at all. '.repeat(100))],
    ['nothing', 'file-damaged', () => Buffer.alloc(0)],
  ])('refuses %s, and changes nothing', async (_, code, content) => {
    const { workspace, dataset, path } = await workspaceWithData();
    writeFileSync(join(dirname(dirname(path)), 'given'), content());
    const given = join(dirname(dirname(path)), 'given');
    await expect(restore(workspace, given, job)).rejects.toMatchObject({ code });
    await expect(restore(workspace, `${given}-none`, job)).rejects.toMatchObject({ code: 'file-missing' });
    expect(listDatasets(workspace.db)).toEqual([dataset]);
    expect(existsSync(backupFolder(workspace.path))).toBe(false);
  });

  it('works where the database cannot be opened any more', async () => {
    const { workspace, dataset, path } = await workspaceWithData();
    await backUp(workspace, path, job);
    const folder = temporaryFolder();
    writeFileSync(join(folder, DATABASE_FILE), 'This was a database once. '.repeat(1000));
    const { before } = await restoreUnopened(folder, path, job);
    expect(existsSync(before)).toBe(true);
    const restored = openWorkspace(folder);
    expect(listDatasets(restored.db)).toEqual([dataset]);
    restored.close();
  });
});
