/**
 * One run being trained: its child, and what becomes of the child's messages. Everything is stored first and told after;
 * messages are dealt with strictly one after another, the child's end last.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { decodeCheckpoint } from '../../shared/checkpoint.ts';
import type { Run } from '../../shared/contract/runs.ts';
import { profileLines } from '../../shared/profile.ts';
import { toErrorValue, UnrollError } from '../../shared/errors.ts';
import type { FromChild } from '../../shared/protocol.ts';
import { engineChoiceSchema, type EngineName } from '../../shared/training.ts';
import type { EventBus } from '../events.ts';
import { workspaceError, type Workspace } from '../store/database.ts';
import { datasetById } from '../store/datasets.ts';
import {
  endRun,
  markStarted,
  markStatus,
  storeCheckpoint,
  storeEpoch,
  type Lease,
  type RunEnd,
} from '../store/leases.ts';
import { intactCheckpoint } from '../store/intact-checkpoint.ts';
import { addLog } from '../store/logs.ts';
import { addBatchMetrics, forgetBatchesAfter } from '../store/metrics.ts';
import { TrainingChild, type ChildEnd } from './child-process.ts';
import { Heartbeat } from './heartbeat.ts';
import { Pace } from './pace.ts';

export interface SessionContext {
  workspace: Workspace;
  events: EventBus;
  lease: Lease;
  nodePath?: string | undefined;
  silentAfterMs?: number | undefined;
}

/** How often batches are reported, and how often state is saved within an epoch. */
const REPORT_EVERY_MS = 250;
const CHECKPOINT_EVERY_MS = 30_000;
/** How long a child may take to save its state when asked to stop. */
const STOP_TIMEOUT_MS = 20_000;
/** How long a write waits for other processes to finish theirs. */
const BUSY_PATIENCE_MS = 60_000;

export class TrainingSession {
  readonly #context: SessionContext;
  readonly #child: TrainingChild;
  readonly #pace: Pace;
  readonly #heartbeat: Heartbeat;
  readonly #finished = Promise.withResolvers<Run>();
  #run: Run;
  #batchesPerEpoch = 1;
  #startPosition = { epoch: 0, batch: 0 };
  #work: Promise<void> = Promise.resolve();
  #paused: PromiseWithResolvers<Run> | null = null;
  #stopAs: 'stopped' | 'interrupted' = 'stopped';
  #over = false;
  /** Seconds spent on writes. */
  #storing = 0;
  readonly #onEnd: (unrecorded: RunEnd | null) => void;

  /**
   * Starts training a run whose lease is ours, from its `last` checkpoint where it has one.
   * @param profile have the child tell at the end where an epoch's time went
   * @param onEnd called just before the end is told, with what the database could not take of it (its disk is full)
   */
  constructor(
    context: SessionContext,
    run: Run,
    profile: boolean,
    onEnd: (unrecorded: RunEnd | null) => void,
  ) {
    this.#onEnd = onEnd;
    this.#context = context;
    this.#run = run;
    this.#pace = new Pace(run.training.epochs);
    const { databasePath, db } = context.workspace;
    const dataset = datasetById(db, run.dataset.id);
    const checkpoint = intactCheckpoint(db, run.id)?.data ?? null;
    if (checkpoint) this.#startPosition = decodeCheckpoint(checkpoint).position;
    this.#update(markStatus(db, run.id, context.lease, 'running'));
    this.#heartbeat = new Heartbeat({
      silentAfterMs: context.silentAfterMs,
      isExpected: () => this.#run.status === 'running',
      tell: (seconds) => context.events.emit('run.silent', { run: run.id, name: run.name, seconds }),
    });
    this.#child = new TrainingChild({
      nodePath: context.nodePath,
      onMessage: (message) => {
        this.#heartbeat.heard();
        this.#enqueue(() => this.#receive(message));
      },
      onUnexpectedEnd: (end) => this.#enqueue(() => this.#childEnded(end)),
    });
    this.#child.send({
      type: 'job',
      job: {
        kind: 'train',
        graph: run.graph,
        preprocessing: run.preprocessing,
        training: run.training,
        engine: engineOf(run),
        threads: run.threads,
        device: run.machine['device'] ?? null,
        databasePath,
        dataset,
        checkpoint,
        reportEveryMs: REPORT_EVERY_MS,
        checkpointEveryMs: CHECKPOINT_EVERY_MS,
        profile,
      },
    });
  }

  get run(): Run {
    return this.#run;
  }

  /** The child's pid, for whoever wants to watch it. */
  get childPid(): number | undefined {
    return this.#child.pid;
  }

  /** Resolves with the run when it has ended in any way. */
  get finished(): Promise<Run> {
    return this.#finished.promise;
  }

  /** Resolves when the state is saved and the child waits, or when the run ended before that. */
  pause(): Promise<Run> {
    this.#paused ??= Promise.withResolvers<Run>();
    this.#child.send({ type: 'pause' });
    return Promise.race([this.#paused.promise, this.finished]);
  }

  continue(): Run {
    this.#paused = null;
    this.#pace.restart();
    const { workspace, lease } = this.#context;
    this.#update(markStatus(workspace.db, this.#run.id, lease, 'running'));
    this.#child.send({ type: 'continue' });
    return this.#run;
  }

  /** Has the child save its state and ends the run; a child that does not answer in time is ended as it is. */
  async stop(as: 'stopped' | 'interrupted' = 'stopped'): Promise<Run> {
    this.#stopAs = as;
    this.#child.send({ type: 'stop' });
    const giveUp = setTimeout(() => this.#enqueue(() => this.#end({ status: as })), STOP_TIMEOUT_MS);
    const run = await this.finished;
    clearTimeout(giveUp);
    return run;
  }

  /** For a child that is not heard of: ends it as it is. */
  endSilent(): Promise<Run> {
    const error = new UnrollError('training-child-died', {
      reason: 'it did not answer and was ended',
    }).toValue();
    this.#enqueue(() => this.#end({ status: 'interrupted', error }));
    return this.finished;
  }

  #enqueue(step: () => void | Promise<void>): void {
    this.#work = this.#work.then(async () => {
      if (this.#over) return;
      try {
        await step();
      } catch (error) {
        const explained = workspaceError(error, this.#context.workspace.path);
        await this.#end({ status: 'failed', error: toErrorValue(explained) });
      }
    });
  }

  async #receive(message: FromChild): Promise<void> {
    const { events, lease, workspace } = this.#context;
    const { db } = workspace;
    const { id } = this.#run;
    switch (message.type) {
      case 'ready': {
        const { epoch, batch } = this.#startPosition;
        this.#batchesPerEpoch = message.batchesPerEpoch;
        await this.#store(() => forgetBatchesAfter(db, id, epoch * message.batchesPerEpoch + batch));
        await this.#store(() => {
          const { engine, engineDetail } = message;
          addLog(db, id, 'info', `${engine} trains from epoch ${epoch + 1}: ${engineDetail}.`);
        });
        this.#update(await this.#store(() => markStarted(db, id, lease, message)));
        return;
      }
      case 'progress': {
        const { type: _, ...position } = message;
        const fraction = message.phase === 'train' ? message.batch / Math.max(1, message.batches) : 1;
        const etaSeconds = this.#pace.remaining(message.epoch, fraction, performance.now() / 1000);
        events.emit('run.progress', { run: id, epochs: this.#run.training.epochs, etaSeconds, ...position });
        return;
      }
      case 'batch': {
        const step = (message.epoch - 1) * this.#batchesPerEpoch + message.batch;
        await this.#store(() => addBatchMetrics(db, id, step, message.logs));
        events.emit('run.batch', { run: id, step, logs: message.logs });
        return;
      }
      case 'gradient': {
        const { epoch, batch, layers } = message;
        events.emit('run.gradient', { run: id, epoch, batch, layers });
        return;
      }
      case 'epoch': {
        const { epoch, logs, seconds, learningRate, peakBytes } = message;
        const run = await this.#store(() =>
          storeEpoch(db, id, lease, { ...message, checkpoint: message.last }),
        );
        this.#pace.epochTook(seconds);
        const pace = { seconds, learningRate, peakBytes, at: Date.now() };
        events.emit('run.epoch', { run: id, epoch, logs, ...pace });
        this.#update(run);
        return;
      }
      case 'checkpoint': {
        const at = { data: message.last, epoch: message.epoch, batch: message.batch };
        await this.#store(() => storeCheckpoint(db, id, lease, at));
        return;
      }
      case 'log':
        await this.#store(() => addLog(db, id, message.level, message.message));
        return;
      case 'profile': {
        const { type: _, ...told } = message;
        const epochs = Math.max(1, this.#run.epochsDone - this.#startPosition.epoch);
        const profile = { ...told, storing: this.#storing / epochs };
        for (const line of profileLines(profile)) await this.#store(() => addLog(db, id, 'info', line));
        events.emit('run.profile', { run: id, profile });
        return;
      }
      case 'paused':
        this.#update(await this.#store(() => markStatus(db, id, lease, 'paused')));
        this.#paused?.resolve(this.#run);
        return;
      case 'stopped':
        return this.#end({ status: this.#stopAs });
      case 'done':
        return this.#end({ status: 'done', weightsSha256: message.weightsSha256 });
      case 'failed':
        // A lost device says nothing about the run: it goes on from its last checkpoint, elsewhere if need be.
        return this.#end({
          status: message.error.code === 'device-lost' ? 'interrupted' : 'failed',
          error: message.error,
        });
      case 'evaluated':
      case 'predicted':
      case 'tried':
        throw new UnrollError('internal', { reason: `the training process answered ${message.type}.` });
    }
  }

  #childEnded({ status, error }: ChildEnd): Promise<void> {
    return this.#end({ status, error: error.toValue() });
  }

  /** Ends the child, then the run; where even that cannot be written, what is told is what happened. */
  async #end(end: RunEnd): Promise<void> {
    const { workspace, lease } = this.#context;
    this.#over = true;
    this.#heartbeat.stop();
    await this.#child.end();
    let run: Run;
    let unrecorded: RunEnd | null = null;
    try {
      run = await this.#store(() => {
        if (end.error) addLog(workspace.db, this.#run.id, 'error', `${end.error.message} ${end.error.hint}`);
        return endRun(workspace.db, this.#run.id, lease, end);
      });
    } catch {
      unrecorded = end;
      run = { ...this.#run, status: end.status, error: end.error ?? null };
    }
    this.#onEnd(unrecorded);
    this.#update(run);
    this.#finished.resolve(run);
  }

  /** Runs a write, waiting while another process holds the database. */
  async #store<T>(write: () => T): Promise<T> {
    const giveUpAt = Date.now() + BUSY_PATIENCE_MS;
    for (;;) {
      const begun = performance.now();
      try {
        const result = write();
        this.#storing += (performance.now() - begun) / 1000;
        return result;
      } catch (error) {
        const busy =
          error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');
        if (!busy || Date.now() > giveUpAt) throw error;
        await delay(100);
      }
    }
  }

  #update(run: Run): void {
    this.#run = run;
    this.#context.events.emit('run.changed', run);
  }
}

/** What the run asked for or, once it has started, what it used: it goes on with the same. */
function engineOf({ engine }: Run): EngineName | 'auto' {
  return engineChoiceSchema.catch('auto').parse(engine);
}
