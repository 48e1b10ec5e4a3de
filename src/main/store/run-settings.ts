/** The settings of all runs as columns by path. */
import { setImmediate as turn } from 'node:timers/promises';
import type { RunSettings } from '../../shared/contract/history.ts';
import { runSettings, type RunParts, type SettingValue } from '../../shared/run-settings.ts';
import type { ReadableDb } from './database.ts';
import { Dictionary } from './dictionary.ts';

interface Row {
  id: string;
  graph: string;
  preprocessing: string;
  training: string;
  threads: number | null;
  machine: string;
  versions: string;
}

/** Runs read before other work gets its turn: reading ten thousand takes some tenths of a second. */
const PIECE = 500;

/** Parses texts that many runs share once each. */
class Parsed {
  readonly #known = new Map<string, unknown>();

  of(json: string): never {
    let value = this.#known.get(json);
    if (value === undefined) {
      value = JSON.parse(json);
      this.#known.set(json, value);
    }
    return value as never;
  }
}

/** Every run not in the bin, in no particular order; a setting a run does not have is null. */
export async function readRunSettings(db: ReadableDb): Promise<RunSettings> {
  const ids = db.prepare('SELECT id FROM runs WHERE removed_at IS NULL').pluck().all() as string[];
  const read = db.prepare<[string], Row>(
    'SELECT id, graph, preprocessing, training, threads, machine, versions FROM runs WHERE id = ?',
  );
  const parsed = new Parsed();
  const columns = new Map<string, Dictionary<SettingValue>>();
  for (const [at, id] of ids.entries()) {
    if (at > 0 && at % PIECE === 0) await turn();
    const row = read.get(id);
    if (!row) continue;
    const parts: RunParts = {
      graph: parsed.of(row.graph),
      preprocessing: parsed.of(row.preprocessing),
      training: JSON.parse(row.training) as RunParts['training'],
      threads: row.threads,
      machine: parsed.of(row.machine),
      versions: parsed.of(row.versions),
    };
    for (const [path, value] of runSettings(parts)) {
      let column = columns.get(path);
      if (column === undefined) columns.set(path, (column = new Dictionary<SettingValue>(ids.length, null)));
      column.put(at, value);
    }
  }
  return { ids, columns: [...columns].map(([path, { values, codes }]) => ({ path, values, codes })) };
}
