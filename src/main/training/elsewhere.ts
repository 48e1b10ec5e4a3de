/**
 * Runs that other processes train, or change, on this workspace. SQLite tells whether another connection has written since; what
 * it wrote is told in the same events as this process's own runs, so that whoever follows those sees the others too.
 */
import { createHash } from 'node:crypto';
import type { RunStatus } from '../../shared/contract/runs.ts';
import { UnrollError } from '../../shared/errors.ts';
import type { Logs } from '../../shared/protocol.ts';
import type { TrainingConfig } from '../../shared/training.ts';
import { stepsPerEpoch } from '../../shared/training-split.ts';
import type { EventBus } from '../events.ts';
import { datasetById } from '../store/datasets.ts';
import { workspaceError, type ReadableDb, type Workspace } from '../store/database.ts';
import type { Lease } from '../store/leases.ts';
import { batchMetricsAfter, epochMetricsAfter, lastStep } from '../store/metrics.ts';
import { readRun } from '../store/runs.ts';
import { Pace } from './pace.ts';

const LOOK_EVERY_MS = 1000;
/** All of the list that does not come with a run's training. */
const LISTED = [
  `SELECT json_array(sum(archived), sum(pinned), max(ended_at), max(created_at), json_group_array(name))
   FROM runs INDEXED BY runs_listed WHERE removed_at IS NULL`,
  `SELECT json_array(id, notes) FROM runs WHERE removed_at IS NULL AND notes <> ''`,
  'SELECT json_group_array(json_array(run_id, tag)) FROM run_tags',
];

interface ActiveRow {
  id: string;
  status: RunStatus;
  epochs_done: number;
  engine_detail: string | null;
}

/** How much of a run was told, and what its progress is told by. */
interface Told {
  state: string;
  epoch: number;
  step: number;
  training: TrainingConfig;
  /** Of an epoch. */
  batches: number;
  pace: Pace;
  /** Of the last batch told. */
  logs: Logs;
  /** When that was, in ms of this process's clock; null before one was. */
  at: number | null;
}

export class RunsElsewhere {
  readonly #workspace: Workspace;
  readonly #db: ReadableDb;
  readonly #events: EventBus;
  readonly #lease: Lease;
  readonly #told = new Map<string, Told>();
  #version: unknown;
  #list = '';
  #timer: NodeJS.Timeout | undefined;

  /** @param lease of this process, whose runs tell of themselves */
  constructor(workspace: Workspace, events: EventBus, lease: Lease) {
    this.#workspace = workspace;
    this.#db = workspace.db;
    this.#events = events;
    this.#lease = lease;
  }

  /** Looks about once a second from now on. Nobody listens yet, so what is there is not told. */
  open(): void {
    this.#version = this.#dataVersion();
    this.#list = this.#readList();
    for (const run of this.#active()) this.#told.set(run.id, this.#begin(run, run.epochs_done));
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** A look that fails (the disk is full) is made up for by the next. */
  #look(): void {
    try {
      const version = this.#dataVersion();
      if (version === this.#version) return;
      this.#tellRuns();
      this.#tellList();
      this.#version = version;
    } catch (error) {
      if (!(workspaceError(error, this.#workspace.path) instanceof UnrollError)) throw error;
    }
  }

  /** Changes with every write of another connection, and with none of this one. */
  #dataVersion(): unknown {
    return this.#db.pragma('data_version', { simple: true });
  }

  #active(): ActiveRow[] {
    const sql = `SELECT id, status, epochs_done, engine_detail FROM runs
      WHERE status IN ('queued', 'running', 'paused') AND removed_at IS NULL AND lease_token <> ?`;
    return this.#db.prepare<[string], ActiveRow>(sql).all(this.#lease.token);
  }

  /** Batches from before a run is first seen are read with its curves; its epochs may be of a page that was open already. */
  #begin(run: ActiveRow, epoch: number): Told {
    const { training, dataset } = readRun(this.#db, run.id);
    return {
      state: stateOf(run),
      epoch,
      step: lastStep(this.#db, run.id),
      training,
      batches: stepsPerEpoch(datasetById(this.#db, dataset.id), training),
      pace: new Pace(training.epochs),
      logs: {},
      at: null,
    };
  }

  #tellRuns(): void {
    const active = new Map(this.#active().map((run) => [run.id, run]));
    for (const [id, run] of active) {
      const told = this.#told.get(id) ?? { ...this.#begin(run, 0), state: '' };
      this.#told.set(id, told);
      this.#tellCurves(id, told);
      if (run.status !== 'running') {
        told.pace.restart();
        told.at = null;
      }
      if (told.state !== stateOf(run)) this.#events.emit('run.changed', readRun(this.#db, id));
      told.state = stateOf(run);
    }
    for (const [id, told] of [...this.#told].filter(([id]) => !active.has(id))) {
      this.#told.delete(id);
      if (!this.#isListed(id)) continue;
      this.#tellCurves(id, told);
      this.#events.emit('run.changed', readRun(this.#db, id));
    }
  }

  #isListed(id: string): boolean {
    return this.#db.prepare('SELECT 1 FROM runs WHERE id = ? AND removed_at IS NULL').get(id) !== undefined;
  }

  #tellCurves(run: string, told: Told): void {
    for (const metrics of epochMetricsAfter(this.#db, run, told.epoch)) {
      this.#events.emit('run.epoch', { run, ...metrics });
      told.epoch = metrics.epoch;
      told.pace.epochTook(metrics.seconds);
    }
    const before = told.step;
    for (const { step, logs } of batchMetricsAfter(this.#db, run, told.step)) {
      this.#events.emit('run.batch', { run, step, logs });
      told.step = step;
      told.logs = logs;
    }
    if (told.step > before) this.#tellProgress(run, told, told.step - before);
  }

  /** Where the last batch stored lies within its epoch. @param steps since the look before */
  #tellProgress(run: string, told: Told, steps: number): void {
    const { batches, logs, pace, training } = told;
    const epoch = Math.ceil(told.step / batches);
    const batch = told.step - (epoch - 1) * batches;
    const now = performance.now();
    this.#events.emit('run.progress', {
      run,
      epoch,
      epochs: training.epochs,
      batch,
      batches,
      phase: 'train',
      logs,
      examplesPerSecond: told.at === null ? 0 : (steps * training.batch_size * 1000) / (now - told.at),
      etaSeconds: pace.remaining(epoch, batch / batches, now / 1000),
      elsewhere: true,
    });
    told.at = now;
  }

  /** Runs that came, went, were named, tagged, annotated, pinned or archived, or began and ended between two looks. */
  #tellList(): void {
    const list = this.#readList();
    if (list !== this.#list) this.#events.emit('runs.altered', { runs: [] });
    this.#list = list;
  }

  #readList(): string {
    const hash = createHash('sha256');
    for (const sql of LISTED)
      for (const value of this.#db.prepare<[], string>(sql).pluck().iterate()) hash.update(`${value}\n`);
    return hash.digest('hex');
  }
}

const stateOf = ({ status, epochs_done: epochs, engine_detail: detail }: ActiveRow): string =>
  `${status} ${epochs} ${detail}`;
