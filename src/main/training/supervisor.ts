/**
 * Which runs are trained when. This process trains the runs whose lease it holds, one at a time, in the order they were
 * queued; a paused run lets the next one go on. Runs of processes that are gone become `interrupted`.
 */
import { randomUUID } from 'node:crypto';
import type { Run } from '../../shared/contract/runs.ts';
import { toErrorValue, UnrollError } from '../../shared/errors.ts';
import type { EngineName } from '../../shared/training.ts';
import type { EventBus } from '../events.ts';
import { transaction, workspaceError, type WritableDb, type Workspace } from '../store/database.ts';
import {
  beat,
  endRun,
  interruptAbandoned,
  markStatus,
  moveToEngine,
  otherHolder,
  takeRun,
  type Lease,
  type RunEnd,
} from '../store/leases.ts';
import { createRun, readRun, type NewRun } from '../store/runs.ts';
import { Inference } from './inference.ts';
import { TrainingSession, type SessionContext } from './session.ts';

export interface SupervisorOptions {
  workspace: Workspace;
  events: EventBus;
  nodePath?: string;
  /** How long a training process may not be heard of before that is told. */
  silentAfterMs?: number;
}

const BEAT_EVERY_MS = 3000;
/** Runs trained at the same time: each uses all cores, so more would only slow one another down. */
const AT_ONCE = 1;

export class Supervisor {
  readonly #context: SessionContext;
  readonly #db: WritableDb;
  /** Of the runs that this process trains. */
  readonly lease: Lease = { pid: process.pid, token: randomUUID() };
  readonly #queue: string[] = [];
  readonly #sessions = new Map<string, TrainingSession>();
  /** Runs whose profile was asked for. */
  readonly #profiled = new Set<string>();
  readonly #unrecordedEnds = new Map<string, RunEnd>();
  #timer: NodeJS.Timeout | null = null;
  #closing = false;
  /** Evaluates and predicts with saved checkpoints. */
  readonly inference: Inference;

  constructor({ workspace, events, nodePath, silentAfterMs }: SupervisorOptions) {
    this.#db = workspace.db;
    this.#context = { workspace, events, lease: this.lease, nodePath, silentAfterMs };
    this.inference = new Inference(workspace, nodePath);
  }

  /** Interrupts the runs of processes that are gone, and keeps showing that this one is there. */
  open(): void {
    this.#reap();
    this.#timer = setInterval(() => this.#tick(), BEAT_EVERY_MS);
    this.#timer.unref();
  }

  /**
   * Stores a run and queues it.
   * @param profile have it tell at its end where an epoch's time went
   * @throws UnrollError `name-taken`
   */
  start(newRun: NewRun, profile = false): Run {
    const run = transaction(this.#db, () => takeRun(this.#db, createRun(this.#db, newRun).id, this.lease));
    if (profile) this.#profiled.add(run.id);
    return this.#enqueue(run);
  }

  /** Resolves when the run's state is saved and it waits. @throws UnrollError `run-busy`, `not-found` */
  async pause(idOrName: string): Promise<Run> {
    const run = this.#own(idOrName);
    if (this.#leaveQueue(run.id)) return this.#tell(markStatus(this.#db, run.id, this.lease, 'paused'));
    const session = this.#sessions.get(run.id);
    if (!session || run.status === 'paused') return run;
    const paused = await session.pause();
    this.#startNext();
    return paused;
  }

  /**
   * Lets a paused run go on, or queues one that ended early, from its last checkpoint.
   * @param engine another to go on with; its own where not given
   * @param device of that engine, by all or part of its name
   * @throws UnrollError `run-not-resumable`
   */
  resume(idOrName: string, engine?: EngineName, device?: string): Run {
    const run = this.#own(idOrName);
    if (run.status === 'running' || run.status === 'queued') return run;
    const session = this.#sessions.get(run.id);
    if (session) {
      if ((engine && engine !== run.engine) || device !== undefined) refuseOtherEngine(run);
      return session.continue();
    }
    refuseResume(run);
    if (engine ?? device) moveToEngine(this.#db, run.id, engine ?? run.engine, device ?? null);
    return this.#enqueue(takeRun(this.#db, run.id, this.lease));
  }

  /** Resolves when the run's state is saved and it has ended; a run that is not active stays as it is. */
  async stop(idOrName: string): Promise<Run> {
    const run = this.#own(idOrName);
    const session = this.#sessions.get(run.id);
    if (session) return session.stop();
    if (run.status !== 'queued' && run.status !== 'paused') return run;
    this.#leaveQueue(run.id);
    return this.#tell(endRun(this.#db, run.id, this.lease, { status: 'stopped' }));
  }

  /** Ends the run's process as it is, and the run as `interrupted`; without a process nothing happens. */
  async end(idOrName: string): Promise<Run> {
    const run = this.#own(idOrName);
    return this.#sessions.get(run.id)?.endSilent() ?? run;
  }

  /** The pids of the children that train. */
  get childPids(): number[] {
    return [...this.#sessions.values()].flatMap(({ childPid }) => childPid ?? []);
  }

  /** Saves the state of all runs of this process; they become `interrupted` and can be resumed later. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#timer) clearInterval(this.#timer);
    const waiting = this.#db
      .prepare<[string], { id: string }>('SELECT id FROM runs WHERE lease_token = ?')
      .all(this.lease.token)
      .filter(({ id }) => !this.#sessions.has(id) && !this.#unrecordedEnds.has(id));
    this.#queue.length = 0;
    await Promise.all([...this.#sessions.values()].map((session) => session.stop('interrupted')));
    for (const { id } of waiting) this.#tell(endRun(this.#db, id, this.lease, { status: 'interrupted' }));
    this.#recordEnds();
    await this.inference.close();
  }

  #enqueue(run: Run): Run {
    this.#tell(run);
    this.#queue.push(run.id);
    // The caller gets the run as queued before anything else happens to it.
    setImmediate(() => this.#startNext());
    return run;
  }

  #leaveQueue(id: string): boolean {
    const at = this.#queue.indexOf(id);
    if (at >= 0) this.#queue.splice(at, 1);
    return at >= 0;
  }

  #startNext(): void {
    while (!this.#closing && this.#running() < AT_ONCE) {
      const id = this.#queue.shift();
      if (id === undefined) return;
      this.#train(id);
    }
  }

  #running(): number {
    return [...this.#sessions.values()].filter(({ run }) => run.status === 'running').length;
  }

  #train(id: string): void {
    try {
      const profile = this.#profiled.delete(id);
      const session = new TrainingSession(this.#context, readRun(this.#db, id), profile, (unrecorded) => {
        this.#sessions.delete(id);
        if (unrecorded) this.#unrecordedEnds.set(id, unrecorded);
        setImmediate(() => this.#startNext());
      });
      this.#sessions.set(id, session);
    } catch (error) {
      const value = toErrorValue(workspaceError(error, this.#context.workspace.path));
      this.#tell(endRun(this.#db, id, this.lease, { status: 'failed', error: value }));
    }
  }

  /** The run, when no other living process has it. */
  #own(idOrName: string): Run {
    this.#recordEnds();
    const run = readRun(this.#db, idOrName);
    const pid = otherHolder(this.#db, run.id, this.lease);
    if (pid !== null) throw new UnrollError('run-busy', { run: run.name, pid });
    return run;
  }

  /** A beat that fails (the disk is full, another process writes) is made up for by the next. */
  #tick(): void {
    try {
      beat(this.#db, this.lease);
      this.#recordEnds();
      this.#reap();
    } catch (error) {
      if (!(workspaceError(error, this.#context.workspace.path) instanceof UnrollError)) throw error;
    }
  }

  /** Ends that were told when they happened and are written now that there may be room. */
  #recordEnds(): void {
    for (const [id, end] of this.#unrecordedEnds) {
      endRun(this.#db, id, this.lease, end);
      this.#unrecordedEnds.delete(id);
    }
  }

  #reap(): void {
    for (const run of interruptAbandoned(this.#db)) this.#tell(run);
  }

  #tell(run: Run): Run {
    this.#context.events.emit('run.changed', run);
    return run;
  }
}

/** @throws UnrollError `run-not-resumable` for a run whose process waits with all its state on an engine */
function refuseOtherEngine({ name, engine }: Run): never {
  throw new UnrollError('run-not-resumable', {
    run: name,
    reason: `it is paused on the engine ${engine}.`,
    fix: 'Stop it first; it then goes on from its last checkpoint on any engine.',
  });
}

/** @throws UnrollError `run-not-resumable` for a run that has ended for good, with what to do instead */
function refuseResume({ name, status, error, training }: Run): void {
  const refuse = (reason: string, fix: string) =>
    new UnrollError('run-not-resumable', { run: name, reason, fix });
  if (status === 'done')
    throw refuse('it is complete.', 'To train longer, start a new run with more epochs.');
  if (error?.code === 'training-diverged') {
    const { learning_rate: rate } = training.optimizer;
    throw refuse(
      'its loss would become infinite again at the same batch.',
      `Start a new run with a lower learning rate (it was ${rate}) or with clipnorm.`,
    );
  }
}
