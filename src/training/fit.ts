/**
 * The training loop: epochs of batches, validation, callbacks, checkpoints, and pausing or stopping between batches.
 * What a batch does depends on the checkpoint, the seed and its position alone, so that a resumed run goes on bit for bit.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import { createHash } from 'node:crypto';
import { encodeCheckpoint } from '../shared/checkpoint.ts';
import type { Checkpoint, TrainingPosition } from '../shared/checkpoint.ts';
import type { UnrollError } from '../shared/errors.ts';
import type { FromChild, Logs, TrainJob } from '../shared/protocol.ts';
import type { TrainingSplit } from '../shared/training-split.ts';
import { Callbacks } from './callbacks/index.ts';
import { BatchQueue } from './batch-queue.ts';
import type { Control } from './control.ts';
import type { Examples } from './data.ts';
import { areFinite, diverged } from './divergence.ts';
import type { Engine } from './engines/engine.ts';
import { addSums, evaluate, means } from './evaluate.ts';
import { restore, restoreKnown, targetsOf } from './learner.ts';
import type { Learner } from './learner.ts';
import type { NamedVariable } from './optimizer.ts';
import type { Profiler } from './profile.ts';
import { shuffledOrder } from './random.ts';
import { Reporter } from './report.ts';

export interface FitOptions {
  job: Pick<TrainJob, 'training' | 'reportEveryMs' | 'checkpointEveryMs'>;
  learner: Learner;
  examples: Examples;
  /** How many of the examples train; the next `validation` ones validate. */
  split: TrainingSplit;
  /** Where to go on; null starts anew. */
  checkpoint: Checkpoint | null;
  control: Control;
  send: (message: FromChild) => void;
  /** Resolves when what was sent has left the process: epochs shorter than that would pile up unseen and unsaved. */
  delivered?: () => Promise<void>;
  /** What else uses the engine behind an epoch, counted from 1: the next begins when it is done. */
  betweenEpochs?: (epoch: number) => Promise<void>;
  /** Whether its results are better waited for seldom; one that is not told gives them at once. */
  engine?: Pick<Engine, 'asynchronous' | 'keepUp'>;
  /** The most memory taken so far, in bytes. */
  peakBytes: () => number;
  profiler?: Profiler | null;
}

/** Weights to begin from, of an imported model, without anything else that training leaves behind: no slot, no update. */
const isBeginning = ({ position: { epoch, batch, iterations }, slots }: Checkpoint): boolean =>
  epoch === 0 && batch === 0 && iterations === 0 && slots.length === 0;

/** Slots that hold the weights early stopping will restore. */
const KEPT = 'early_stopping';

export class Fit {
  readonly #options: FitOptions;
  readonly #callbacks: Callbacks;
  readonly #queue: BatchQueue;
  readonly #report: Reporter;
  readonly #batches: number;
  #position: TrainingPosition;
  /** The best weights so far, where early stopping is to restore them. */
  #kept: Checkpoint['slots'];
  #savedAt = performance.now();
  /** Where the last update was made, counted from 0; null before the first of this process. */
  #updated: { epoch: number; batch: number } | null = null;
  /** Of the examples, in the epoch under way. */
  #order: Uint32Array = new Uint32Array(0);
  /** Whether there is a checkpoint to fall back on. */
  #hasSaved: boolean;
  /** Resolves when the epoch told of last has left the process. */
  #handedOver: Promise<void> | undefined;
  /** When the epoch began on the clock of `performance.now`, pauses and interruptions left out. */
  #begun = 0;

  /** @throws UnrollError `file-damaged` where the checkpoint is not of this model */
  constructor(options: FitOptions) {
    const { job, learner, checkpoint, split, engine = {} } = options;
    this.#options = options;
    this.#queue = new BatchQueue(learner, engine);
    this.#hasSaved = checkpoint !== null;
    this.#batches = Math.ceil(split.train / job.training.batch_size);
    this.#position = checkpoint?.position ?? startOfEpoch(0, 0, job.training.optimizer.learning_rate, {});
    this.#callbacks = new Callbacks(job.training, this.#position.callbacks);
    this.#kept = checkpoint?.slots.filter(({ name }) => name.startsWith(`${KEPT}/`)) ?? [];
    this.#report = new Reporter(options.send, job.reportEveryMs);
    if (!checkpoint) return;
    if (isBeginning(checkpoint)) {
      restoreKnown(learner.model.weights, checkpoint.weights);
      return;
    }
    restore(learner.model.weights, checkpoint.weights);
    restore(learner.optimizer.slots, checkpoint.slots);
    learner.optimizer.iterations = checkpoint.position.iterations;
    learner.optimizer.learningRate = checkpoint.position.learningRate;
  }

  /**
   * Trains to the end or until stopped, and says so.
   * @throws UnrollError `training-diverged`
   */
  async run(): Promise<void> {
    const { job, send, learner, profiler } = this.#options;
    profiler?.restart();
    while (this.#position.epoch < job.training.epochs && !this.#callbacks.stopped) {
      this.#begun = performance.now() - 1000 * this.#position.seconds;
      const finished = (await this.#trainEpoch()) && (await this.#finishEpoch());
      if (!finished) {
        this.#tellProfile();
        return send({ type: 'stopped' });
      }
    }
    this.#queue.dispose();
    if (this.#kept.length > 0) await this.#restoreKept();
    const epochs = this.#position.epoch;
    this.#tellProfile();
    send({
      type: 'done',
      weightsSha256: await weightsHash(learner.model.weights),
      epochs,
      stoppedEarly: this.#callbacks.stopped,
    });
  }

  /** The batches left of this epoch; false when stopped. */
  async #trainEpoch(): Promise<boolean> {
    const { job, learner, examples, split, profiler } = this.#options;
    const { batch_size, seed, shuffle, loss } = job.training;
    const { epoch } = this.#position;
    const order = shuffle
      ? shuffledOrder(split.train, seed, epoch)
      : Uint32Array.from({ length: split.train }, (_, i) => i);
    this.#order = order;
    profiler?.lap('the order of examples');
    while (this.#position.batch < this.#batches) {
      if (!(await this.#mayGoOn())) return false;
      const { batch } = this.#position;
      const from = batch * batch_size;
      const to = Math.min(from + batch_size, split.train);
      const targets = targetsOf(examples.labelsOf(order, from, to), learner.model.outputs, loss);
      const inputs = examples.inputs(order, from, to);
      profiler?.lap('gathering batches');
      await this.#queue.train(inputs, targets, epoch, batch);
      profiler?.lap('tensorflow.js, tape, tensors and plans');
      this.#position.batch += 1;
      this.#position.iterations = learner.optimizer.iterations;
      const isDue = this.#updated === null || this.#report.isDue(this.#position.batch, this.#batches);
      if (this.#queue.answersAtOnce || isDue) await this.#takeIn();
    }
    return true;
  }

  /** Takes in what the batches gave since this was last done. @throws UnrollError `training-diverged` */
  async #takeIn(): Promise<void> {
    const { job, examples: data } = this.#options;
    const { epoch, sums: soFar } = this.#position;
    const together: Record<string, number> = {};
    let count = 0;
    for (const { batch, examples, sums } of await this.#queue.results()) {
      const from = batch * job.training.batch_size;
      const loss = sums.loss! / examples;
      if (!Number.isFinite(loss))
        throw await this.#diverged(loss, batch, data.inputs(this.#order, from, from + examples));
      if (epoch === 0 && batch === 0) {
        this.#callbacks.firstBatch(loss);
        this.#position.callbacks = this.#callbacks.states;
      }
      this.#updated = { epoch, batch };
      addSums(soFar, sums);
      addSums(together, sums);
      this.#position.examples += examples;
      count += examples;
    }
    if (count > 0) this.#report.batch(this.#position, this.#batches, together, count);
  }

  /** Validates, runs the callbacks and reports the epoch with its checkpoint; false when stopped. */
  async #finishEpoch(): Promise<boolean> {
    const { send, learner, peakBytes, profiler, control } = this.#options;
    const validation = await this.#validate();
    if (!validation) return false;
    const { epoch } = this.#position;
    const logs = { ...means(this.#position.sums, this.#position.examples), ...validation };
    if (!Object.values(logs).every(Number.isFinite))
      throw await this.#diverged(validation.val_loss ?? logs.loss!, this.#batches - 1);
    const { learningRate } = learner.optimizer;
    const end = this.#callbacks.epochEnd(epoch, logs, learningRate);
    for (const message of end.warnings) send({ type: 'log', level: 'warn', message });
    if (end.keepWeights) {
      const { weights } = await learner.arrays();
      this.#kept = weights.map(({ name, shape, data }) => ({
        name: `${KEPT}/${name}`,
        shape,
        data: data.slice(),
      }));
    }
    learner.optimizer.learningRate = end.learningRate;
    const { iterations } = this.#position;
    const seconds = (performance.now() - this.#begun) / 1000;
    this.#position = startOfEpoch(epoch + 1, iterations, end.learningRate, this.#callbacks.states);
    profiler?.lap('callbacks');
    const last = await this.#checkpoint();
    profiler?.lap('checkpoints');
    send({
      type: 'epoch',
      epoch: epoch + 1,
      logs,
      seconds,
      learningRate,
      peakBytes: peakBytes(),
      last,
      isBest: end.isBest,
    });
    // One epoch may be on its way while the next is trained, and no more.
    await this.#handedOver;
    this.#handedOver = this.#options.delivered?.();
    control.attend(this.#handedOver);
    await this.#options.betweenEpochs?.(epoch + 1);
    profiler?.lap('handing the epoch over');
    profiler?.epochEnd();
    return true;
  }

  #tellProfile(): void {
    const profile = this.#options.profiler?.result();
    if (profile) this.#options.send({ type: 'profile', ...profile });
  }

  /** Logs of the validation examples, empty where there are none; null when stopped. */
  async #validate(): Promise<Logs | null> {
    const { learner, examples, split, job, profiler } = this.#options;
    if (split.validation === 0) return {};
    const order = Uint32Array.from({ length: split.validation }, (_, i) => split.train + i);
    const result = await evaluate(learner, examples, order, job.training.loss, async (batch, batches) => {
      profiler?.lap('validation outside kernels');
      this.#report.validation(this.#position, batch, batches);
      return this.#mayGoOn();
    });
    profiler?.lap('validation outside kernels');
    return (
      result && Object.fromEntries(Object.entries(result.logs).map(([name, value]) => [`val_${name}`, value]))
    );
  }

  /** Between batches: saves when it is time, and waits or ends as the user asked; false when training is to stop. */
  async #mayGoOn(): Promise<boolean> {
    const { control, job, send, profiler } = this.#options;
    let request = await control.listen();
    profiler?.lap('messages');
    if (request === null && performance.now() - this.#savedAt < job.checkpointEveryMs) return true;
    await this.#takeIn();
    this.#position.seconds = (performance.now() - this.#begun) / 1000;
    if (this.#position.batch > 0 || request !== null) {
      send({
        type: 'checkpoint',
        last: await this.#checkpoint(),
        epoch: this.#position.epoch,
        batch: this.#position.batch,
      });
      await this.#options.delivered?.();
    }
    profiler?.lap('checkpoints');
    if (request === 'pause') {
      send({ type: 'paused' });
      await control.untilResumed();
      this.#begun = performance.now() - 1000 * this.#position.seconds;
      profiler?.restart();
      request = await control.listen();
    }
    return request !== 'stop';
  }

  /** @throws UnrollError `training-diverged` where a weight is not finite, so that no such checkpoint is kept */
  async #checkpoint(): Promise<Uint8Array> {
    const { learner } = this.#options;
    const { weights, slots } = await learner.arrays();
    if (!weights.every(({ data }) => areFinite(data)))
      throw await this.#diverged(NaN, Math.max(0, this.#position.batch - 1));
    this.#savedAt = performance.now();
    this.#hasSaved = true;
    return encodeCheckpoint({ position: this.#position, weights, slots: [...slots, ...this.#kept] });
  }

  async #restoreKept(): Promise<void> {
    const { learner, send } = this.#options;
    restore(
      learner.model.weights,
      this.#kept.map((array) => ({ ...array, name: array.name.slice(KEPT.length + 1) })),
    );
    send({
      type: 'checkpoint',
      last: await this.#checkpoint(),
      epoch: this.#position.epoch,
      batch: this.#position.batch,
    });
  }

  /** The error that says where and why a number of this run is no finite one, to be thrown. */
  #diverged(value: number, batch: number, inputs: Tensor | null = null): Promise<UnrollError> {
    const { learner } = this.#options;
    const at = { epoch: this.#position.epoch, batch };
    return diverged({ learner, value, at, inputs, updated: this.#updated, kept: this.#hasSaved });
  }
}

function startOfEpoch(
  epoch: number,
  iterations: number,
  learningRate: number,
  callbacks: TrainingPosition['callbacks'],
): TrainingPosition {
  return { epoch, batch: 0, iterations, learningRate, sums: {}, examples: 0, seconds: 0, callbacks };
}

/** SHA-256 over all weights' bytes in order. */
export async function weightsHash(weights: readonly NamedVariable[]): Promise<string> {
  const hash = createHash('sha256');
  for (const { variable } of weights) {
    const { buffer, byteOffset, byteLength } = await variable.data<'float32'>();
    hash.update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex');
}
