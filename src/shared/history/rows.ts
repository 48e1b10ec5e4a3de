/** Runs as lists show them: views on the columns that came from main, and rows made of a run that changed since. */
import { betterIs } from '../best.ts';
import type { RunTable } from '../contract/history.ts';
import type { Run, RunStatus } from '../contract/runs.ts';
import type { Aggregate } from '../query/syntax.ts';

export interface RunRow {
  readonly id: string;
  readonly name: string;
  readonly status: RunStatus;
  readonly model: string;
  readonly dataset: { readonly name: string; readonly hash: string };
  readonly engine: string;
  /** The paired experiment it was queued with. */
  readonly sweep: string | null;
  /** Planned. */
  readonly epochs: number;
  readonly epochsDone: number;
  readonly parameters: number;
  readonly bestEpoch: number | null;
  readonly secondsPerEpoch: number | null;
  readonly peakBytes: number | null;
  /** Series colour, 1 to 8. */
  readonly colour: number;
  readonly pinned: boolean;
  readonly archived: boolean;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly tags: readonly string[];
  readonly notes: string;
  /** Names of the metrics that it or others read with it have. */
  readonly allMetrics: readonly string[];
  /** `best`, `last`, `min` or `max` of all epochs, or the `epoch` of the best; null where there is none. */
  metric(aggregate: Aggregate, name: string): number | null;
}

type MetricColumns = RunTable['metrics'][string];
const number = (value: number | undefined): number | null =>
  value === undefined || Number.isNaN(value) ? null : value;

/** Which of a metric's columns an aggregate reads. */
function columnOf(aggregate: Aggregate, name: string): keyof MetricColumns {
  const highest = betterIs(name) === 'max';
  switch (aggregate) {
    case 'last':
      return 'last';
    case 'min':
      return 'lowest';
    case 'max':
      return 'highest';
    case 'best':
      return highest ? 'highest' : 'lowest';
    case 'epoch':
      return highest ? 'highestEpoch' : 'lowestEpoch';
  }
}

/** What the rows of a table share: tags and notes by row, metric names. */
class TableParts {
  readonly tags: ReadonlyMap<number, readonly string[]>;
  readonly notes: ReadonlyMap<number, string>;
  readonly metricNames: readonly string[];
  readonly table: RunTable;

  constructor(table: RunTable) {
    this.table = table;
    this.tags = new Map(table.tags.map(({ at, tags }) => [at, tags]));
    this.notes = new Map(table.notes.map(({ at, notes }) => [at, notes]));
    this.metricNames = Object.keys(table.metrics);
  }
}

const NO_TAGS: readonly string[] = [];

/** A row of the table by its place; nothing is copied until it is asked for. */
class StoredRow implements RunRow {
  readonly #parts: TableParts;
  readonly #at: number;

  constructor(parts: TableParts, at: number) {
    this.#parts = parts;
    this.#at = at;
  }

  #text(name: keyof RunTable['texts']): string {
    const { values, codes } = this.#parts.table.texts[name];
    return values[codes[this.#at]!] ?? '';
  }

  #number(name: keyof RunTable['numbers']): number {
    return this.#parts.table.numbers[name][this.#at]!;
  }

  get id(): string {
    return this.#parts.table.ids[this.#at]!;
  }
  get name(): string {
    return this.#parts.table.names[this.#at]!;
  }
  get status(): RunStatus {
    return this.#text('status') as RunStatus;
  }
  get model(): string {
    return this.#text('model');
  }
  get dataset(): { name: string; hash: string } {
    return { name: this.#text('data'), hash: this.#text('dataHash') };
  }
  get engine(): string {
    return this.#text('engine');
  }
  get sweep(): string | null {
    return this.#text('sweep') || null;
  }
  get epochs(): number {
    return this.#number('epochs');
  }
  get epochsDone(): number {
    return this.#number('epochsDone');
  }
  get parameters(): number {
    return this.#number('parameters');
  }
  get bestEpoch(): number | null {
    return number(this.#number('bestEpoch'));
  }
  get secondsPerEpoch(): number | null {
    return number(this.#number('secondsPerEpoch'));
  }
  get peakBytes(): number | null {
    return number(this.#number('peakBytes'));
  }
  get colour(): number {
    return this.#number('colour');
  }
  get pinned(): boolean {
    return this.#number('pinned') === 1;
  }
  get archived(): boolean {
    return this.#number('archived') === 1;
  }
  get createdAt(): number {
    return this.#number('createdAt');
  }
  get startedAt(): number | null {
    return number(this.#number('startedAt'));
  }
  get endedAt(): number | null {
    return number(this.#number('endedAt'));
  }
  get tags(): readonly string[] {
    return this.#parts.tags.get(this.#at) ?? NO_TAGS;
  }
  get notes(): string {
    return this.#parts.notes.get(this.#at) ?? '';
  }
  get allMetrics(): readonly string[] {
    return this.#parts.metricNames;
  }
  metric(aggregate: Aggregate, name: string): number | null {
    return number(this.#parts.table.metrics[name]?.[columnOf(aggregate, name)][this.#at]);
  }
}

/** The table's runs, newest first. */
export function storedRows(table: RunTable): RunRow[] {
  const parts = new TableParts(table);
  return table.ids.map((_, at) => new StoredRow(parts, at));
}

/** The lowest or highest of a metric: what was known, and what the last epoch adds. */
function extreme(
  aggregate: 'min' | 'max',
  name: string,
  run: Run,
  before: RunRow | undefined,
): number | null {
  const known = [before?.metric(aggregate, name), run.best[name], run.last[name]].filter(
    (value) => value !== null && value !== undefined && Number.isFinite(value),
  ) as number[];
  if (known.length === 0) return null;
  return aggregate === 'min' ? Math.min(...known) : Math.max(...known);
}

/**
 * A row of a run that was created or has changed.
 * @param before the row it replaces: a run itself knows its bests, not the worst it has been through
 */
export function changedRow(run: Run, before?: RunRow): RunRow {
  const names = Object.keys(run.best);
  const lowest = new Map(names.map((name) => [name, extreme('min', name, run, before)]));
  const highest = new Map(names.map((name) => [name, extreme('max', name, run, before)]));
  return {
    ...run,
    epochs: run.training.epochs,
    allMetrics: names,
    metric(aggregate, name) {
      const values = { last: run.last, best: run.best, epoch: run.bestEpochs };
      if (aggregate === 'min') return lowest.get(name) ?? null;
      if (aggregate === 'max') return highest.get(name) ?? null;
      return number(values[aggregate][name] ?? undefined);
    },
  };
}

/** The value a run is judged by at a glance: its best validation accuracy, or where it has none its best validation loss. */
export function headline(run: RunRow): number | null {
  return run.metric('best', 'val_acc') ?? run.metric('best', 'val_loss');
}
