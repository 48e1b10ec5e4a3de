/** Finished runs by what they were trained with, so that the same need not be trained again. */
import type { ModelGraph } from '../../shared/graph/graph.ts';
import { experimentKey } from '../../shared/sweep.ts';
import type { ReadableDb } from './database.ts';
import { hasWeights } from './model-weights.ts';
import type { NewRun } from './runs.ts';

interface Row {
  id: string;
  name: string;
  model: string;
  graph: string;
  engine: string;
  settings: string;
}

const SELECT = `
  SELECT id, name, model, graph, engine, preprocessing || training AS settings FROM runs
  WHERE dataset_hash = ? AND status = 'done' AND parent IS NULL AND removed_at IS NULL
  ORDER BY archived, created_at DESC`;

export class FinishedRuns {
  readonly #db: ReadableDb;
  readonly #bySettings = new Map<string, Row[]>();

  /** Reads once for many questions: graphs are looked at only where all else agrees. @param dataHash of the data trained on */
  constructor(db: ReadableDb, dataHash: string) {
    this.#db = db;
    for (const row of db.prepare<[string], Row>(SELECT).iterate(dataHash)) {
      const known = this.#bySettings.get(row.settings);
      if (known === undefined) this.#bySettings.set(row.settings, [row]);
      else known.push(row);
    }
  }

  /**
   * The newest run from the beginning that had all this run has, its seed and engine included; any engine where that is left to
   * Unroll. Null where there is none.
   */
  like(run: NewRun): { id: string; name: string } | null {
    const { preprocessing, training, engine } = run;
    const alike = this.#bySettings.get(JSON.stringify(preprocessing) + JSON.stringify(training)) ?? [];
    const key = experimentKey(run);
    const found = alike.find((row) => {
      if (engine !== 'auto' && row.engine !== engine) return false;
      const graph = JSON.parse(row.graph) as ModelGraph;
      // One of a model that came with weights may have begun from these.
      return experimentKey({ ...run, graph }) === key && hasWeights(this.#db, row.model, null);
    });
    return found ? { id: found.id, name: found.name } : null;
  }
}
