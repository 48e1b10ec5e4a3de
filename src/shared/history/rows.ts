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
  /** Training failed because its numbers were no longer finite. */
  readonly diverged: boolean;
  /** Names of the metrics that it or others read with it have. */
  readonly allMetrics: readonly string[];
  /** `best`, `last`, `min` or `max` of all epochs, or the `epoch` of the best; null where there is none. */
  metric(aggregate: Aggregate, name: string): number | null;
  /** The epoch that reached a metric's worst value first. */
  worstEpoch(name: string): number | null;
}

type MetricColumns = RunTable['metrics'][string];
const number = (value: number | null | undefined): number | null =>
  value === undefined || value === null || Number.isNaN(value) ? null : value;

/** Which of a metric's columns an aggregate, or the epoch of the worst, reads. */
function columnOf(aggregate: Aggregate | 'worstEpoch', name: string): keyof MetricColumns {
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
    case 'worstEpoch':
      return highest ? 'lowestEpoch' : 'highestEpoch';
  }
}

/** What the rows of a table share: tags, notes and divergence by row, metric names. */
class TableParts {
  readonly tags: ReadonlyMap<number, readonly string[]>;
  readonly notes: ReadonlyMap<number, string>;
  readonly diverged: ReadonlySet<number>;
  readonly metricNames: readonly string[];
  readonly table: RunTable;

  constructor(table: RunTable) {
    this.table = table;
    this.tags = new Map(table.tags.map(({ at, tags }) => [at, tags]));
    this.notes = new Map(table.notes.map(({ at, notes }) => [at, notes]));
    this.diverged = new Set(table.diverged);
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
  get diverged(): boolean {
    return this.#parts.diverged.has(this.#at);
  }
  get allMetrics(): readonly string[] {
    return this.#parts.metricNames;
  }
  metric(aggregate: Aggregate, name: string): number | null {
    return this.#metric(name, columnOf(aggregate, name));
  }
  worstEpoch(name: string): number | null {
    return this.#metric(name, columnOf('worstEpoch', name));
  }
  #metric(name: string, column: keyof MetricColumns): number | null {
    return number(this.#parts.table.metrics[name]?.[column][this.#at]);
  }
}

/** The table's runs, newest first. */
export function storedRows(table: RunTable): RunRow[] {
  const parts = new TableParts(table);
  return table.ids.map((_, at) => new StoredRow(parts, at));
}

/** A row of a run that was created or has changed. */
export function changedRow(run: Run): RunRow {
  const { last, best, bestEpochs, worst } = run;
  const values = { last, best, epoch: bestEpochs };
  const extreme = { min: { min: best, max: worst }, max: { min: worst, max: best } };
  return {
    ...run,
    epochs: run.training.epochs,
    diverged: run.error?.code === 'training-diverged',
    allMetrics: Object.keys(best),
    metric(aggregate, name) {
      const found =
        aggregate === 'min' || aggregate === 'max' ? extreme[betterIs(name)][aggregate] : values[aggregate];
      return number(found[name]);
    },
    worstEpoch: (name) => number(run.worstEpochs[name]),
  };
}

/** What `headline` is of, by Keras's name. */
export function headlineMetric(run: RunRow): 'val_acc' | 'val_loss' {
  return run.metric('best', 'val_acc') === null ? 'val_loss' : 'val_acc';
}

/** The value a run is judged by at a glance: its best validation accuracy, or where it has none its best validation loss. */
export function headline(run: RunRow): number | null {
  return run.metric('best', headlineMetric(run));
}
