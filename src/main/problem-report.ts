/**
 * What to send along with a problem: versions, machine, how much there is of what, how the last runs ended, and the log.
 * Nothing of the user's own is in it: no data, no texts, no notes, and no names of files, data sets, models or runs.
 */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { ModelGraph } from '../shared/graph/graph.ts';
import { engineChoice, listEngines } from './engines.ts';
import { applicationVersion, describeMachine } from './machine.ts';
import { packageRoot } from './package-root.ts';
import { tablesOf } from './store/check.ts';
import type { ReadableDb, Workspace } from './store/database.ts';
import { readSettings } from './store/settings.ts';

const RUNS_TOLD = 20;
const LOG_ENTRIES_TOLD = 50;

export function problemReport({ db, databasePath, path }: Workspace, now = new Date()) {
  const sections: [title: string, write: () => string[]][] = [
    ['Versions', () => versions(db)],
    ['Machine', () => Object.entries(describeMachine()).map(([name, value]) => `${name}: ${value}`)],
    ['Engines', () => engines(db)],
    ['Workspace', () => contents(db, databasePath)],
    [`Last ${RUNS_TOLD} runs`, () => lastRuns(db)],
    [`Last ${LOG_ENTRIES_TOLD} entries of the log`, () => logEntries(path)],
  ];
  const text = sections.map(([title, write]) => [`## ${title}`, ...told(write), ''].join('\n')).join('\n');
  const name = `unroll-report-${now.toISOString().slice(0, 10)}.txt`;
  return { name, text: `# Unroll problem report, ${now.toISOString()}\n\n${text}` };
}

/** A workspace with a problem may not even answer these questions. */
function told(write: () => string[]): string[] {
  try {
    const lines = write();
    return lines.length > 0 ? lines : ['none'];
  } catch (error) {
    return [`could not be read: ${String((error as { code?: unknown }).code ?? 'unknown')}`];
  }
}

function versions(db: ReadableDb): string[] {
  const sqlite = String(db.prepare('SELECT sqlite_version()').pluck().get());
  const { node, electron, chrome } = process.versions;
  const found = { unroll: applicationVersion, node, electron, chrome, sqlite };
  return Object.entries(found).flatMap(([name, version]) => (version ? [`${name}: ${version}`] : []));
}

function engines(db: ReadableDb): string[] {
  const chosen = engineChoice(readSettings(db));
  const states = listEngines(chosen).map(
    ({ name, available, inUse, detail }) =>
      `${name}: ${inUse ? 'in use' : available ? 'available' : 'not available'}, ${detail}`,
  );
  return [`chosen: ${chosen.engine}`, ...states];
}

function contents(db: ReadableDb, databasePath: string): string[] {
  const size = (file: string) => (existsSync(file) ? statSync(file).size : 0);
  const rows = tablesOf(db).map((table) => {
    const count = db.prepare(`SELECT count(*) FROM ${table}`).pluck().get();
    return `${table}: ${String(count)} rows`;
  });
  return [
    `schema: ${String(db.pragma('user_version', { simple: true }))}`,
    `database: ${size(databasePath)} bytes, log: ${size(`${databasePath}-wal`)} bytes`,
    ...rows,
  ];
}

interface RunRow {
  status: string;
  engine: string;
  detail: string | null;
  graph: string;
  parameters: number;
  done: number;
  epochs: number;
  error: string | null;
}

function lastRuns(db: ReadableDb): string[] {
  const sql = `SELECT status, engine, engine_detail AS detail, graph, parameters, epochs_done AS done, epochs, error
    FROM runs ORDER BY created_at DESC LIMIT ?`;
  return db
    .prepare<[number], RunRow>(sql)
    .all(RUNS_TOLD)
    .map(({ status, engine, detail, graph, parameters, done, epochs, error }) => {
      const layers = (JSON.parse(graph) as ModelGraph).nodes.map(({ type }) => type).join(' ');
      const code = error === null ? '' : ` (${(JSON.parse(error) as { code: string }).code})`;
      return `${status}${code}, ${done} of ${epochs} epochs, ${detail ?? engine}, ${parameters} parameters: ${layers}`;
    });
}

interface LogEntry {
  time: number;
  err?: { type?: string; code?: string; message?: string; stack?: string };
}

/** Of each entry the time, the kind of error and where it came from; what it quotes, and what may be a path, is left out. */
function logEntries(workspace: string): string[] {
  const file = join(workspace, 'unroll.log');
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').trimEnd().split('\n').slice(-LOG_ENTRIES_TOLD);
  return lines.flatMap((line) => {
    const { time, err } = JSON.parse(line) as LogEntry;
    const frames = (err?.stack ?? '').split('\n').filter((frame) => /^\s+at /.test(frame));
    const kind = [err?.type, err?.code].filter(Boolean).join(' ');
    return [
      `${new Date(time).toISOString()} ${kind}: ${withoutNames(err?.message ?? '')}`,
      ...frames.map(ownPath),
    ];
  });
}

const withoutNames = (message: string): string =>
  message
    .replace(/(["'`“‘]).*?["'`”’]/gs, '…')
    .replace(/(?:file:\/\/|[A-Za-z]:)?(?:[\\/][^\\/\s:]+)+/g, '…')
    .replace(/\s+/g, ' ');

/** A place in our own code without where on this machine that lies; of other places only the line. */
const ownPath = (frame: string): string =>
  frame.includes(packageRoot)
    ? frame.replaceAll('file://', '').replaceAll(packageRoot, '')
    : frame.replace(/(?:file:\/\/|[A-Za-z]:)?(?:[\\/][^\\/\s:()]+)+/g, '…');
