/** The kinds of job, each from its message to its answer. An engine runs already. */
import { decodeCheckpoint } from '../shared/checkpoint.ts';
import { prepareSequences } from '../shared/data/preprocess.ts';
import { UnrollError } from '../shared/errors.ts';
import { fitProblems } from '../shared/graph/data-fit.ts';
import type { EvaluateJob, FlowJob, FromChild, Job, PredictJob, TrainJob } from '../shared/protocol.ts';
import type { Control } from './control.ts';
import { Examples, readSplit, splitForValidation } from './data.ts';
import { evaluate, predictAll } from './evaluate.ts';
import { Fit } from './fit.ts';
import { AsideWatch } from './flow/aside.ts';
import { flowThrough } from './flow/flow.ts';
import { GradientWatch } from './flow/watch.ts';
import { Learner, restore } from './learner.ts';
import { Model } from './model.ts';
import { Profiler } from './profile.ts';
import { rehearse } from './rehearsal.ts';
import type { Engine } from './engines/engine.ts';

export interface JobContext {
  control: Control;
  send: (message: FromChild) => void;
  /** Resolves when what was sent has left the process. */
  delivered: () => Promise<void>;
  engine: Pick<Extract<FromChild, { type: 'ready' }>, 'engine' | 'engineDetail' | 'threads' | 'versions'>;
  /** The most memory taken so far, in bytes. */
  peakBytes: () => number;
  /** The engine's clocks, where it has any. */
  profiling: Pick<Engine, 'profile' | 'limit' | 'asynchronous' | 'keepUp'>;
}

/** Does a job to its end. @throws UnrollError what it cannot do */
export async function runJob(job: Job, context: JobContext): Promise<void> {
  if (job.kind === 'train') return train(job, context);
  if (job.kind === 'evaluate') return evaluateSplit(job, context);
  if (job.kind === 'predict') return predict(job, context);
  return flow(job, context);
}

async function train(job: TrainJob, context: JobContext): Promise<void> {
  const { control, send, delivered, engine, peakBytes } = context;
  const { training, dataset, databasePath, preprocessing } = job;
  requireFit(job);
  const model = new Model(job.graph, training.seed);
  const examples = readSplit(databasePath, dataset, 'train', preprocessing);
  const split = splitForValidation(examples.count, training);
  const learner = new Learner(model, training);
  const checkpoint = job.checkpoint && decodeCheckpoint(job.checkpoint);
  const profiler = job.profile ? profilerOf(context) : null;
  const batchesPerEpoch = Math.ceil(split.train / training.batch_size);
  const aside = context.profiling.asynchronous
    ? new AsideWatch(job.graph, learner, examples, training, send)
    : null;
  // A profile is of training alone.
  const watching = aside
    ? {
        send,
        async betweenEpochs(epoch: number) {
          await delivered();
          await aside.behind(epoch, batchesPerEpoch);
        },
      }
    : { send: profiler ? send : watched(send, new GradientWatch(model, examples, training.loss, send)) };
  const options = {
    job,
    learner,
    examples,
    split,
    checkpoint,
    control,
    engine: context.profiling,
    delivered,
    ...watching,
    peakBytes,
    profiler,
  };
  const fit = new Fit(options);
  send({
    type: 'ready',
    ...engine,
    parameters: model.parameters,
    trainExamples: split.train,
    validationExamples: split.validation,
    batchesPerEpoch,
  });
  if (context.profiling.asynchronous) await rehearse(learner, examples, split, training, context.profiling);
  await fit.run();
  await aside?.stop();
  learner.dispose();
  examples.dispose();
}

function profilerOf({ engine, profiling, send }: JobContext): Profiler | null {
  const profile = profiling.profile?.();
  if (profile && profiling.limit) return new Profiler(profile, engine.threads, () => profiling.limit!());
  const message = `The engine ${engine.engine} keeps no profile of its kernels.`;
  send({ type: 'log', level: 'warn', message });
  return null;
}

/** Looks at the gradient now and then, behind what is told of batches and epochs. */
function watched(send: JobContext['send'], watch: GradientWatch): JobContext['send'] {
  return (message) => {
    send(message);
    if (message.type === 'batch') watch.between(message.epoch, message.batch);
    if (message.type === 'epoch') watch.behind(message.epoch);
  };
}

async function evaluateSplit(job: EvaluateJob, { control, send }: JobContext): Promise<void> {
  requireFit(job);
  const model = restoredModel(job);
  const learner = new Learner(model, job.training);
  const examples = readSplit(job.databasePath, job.dataset, job.split, job.preprocessing);
  const order = Uint32Array.from({ length: examples.count }, (_, i) => i);
  const evaluation = await evaluate(learner, examples, order, job.training.loss, async (batch, batches) => {
    send({ type: 'progress', epoch: 0, batch, batches, logs: {}, examplesPerSecond: 0, phase: 'validate' });
    return (await control.listen()) !== 'stop';
  });
  learner.dispose();
  examples.dispose();
  if (!evaluation) return send({ type: 'stopped' });
  const { logs, predictions } = evaluation;
  const { outputs } = model;
  send({
    type: 'evaluated',
    loss: logs.loss!,
    acc: logs.acc ?? null,
    logs,
    examples: examples.count,
    predictions,
    outputs,
  });
}

async function predict(job: PredictJob, { send }: JobContext): Promise<void> {
  const model = restoredModel(job);
  const examples = paddedExamples(job, model, job.width ?? 1, new Float32Array(job.sequences.length));
  const probabilities = await predictAll(model, examples);
  model.dispose();
  examples.dispose();
  send({ type: 'predicted', probabilities, outputs: model.outputs });
}

function flow(job: FlowJob, { send }: JobContext): void {
  const model = restoredModel(job);
  const { sequences, labels, width, training } = job;
  const examples = paddedExamples(job, model, width, labels);
  const all = Uint32Array.from(sequences, (_, i) => i);
  const inputs = examples.inputs(all, 0, sequences.length);
  const { layers, predictions } = flowThrough(model, inputs, labels, training.loss);
  inputs.dispose();
  model.dispose();
  send({ type: 'flowed', layers, predictions, outputs: model.outputs });
}

/** Padded as in training; with no `maxlen` to the model's own length, or the longest sequence given. */
function paddedExamples(
  { sequences, preprocessing }: PredictJob | FlowJob,
  model: Model,
  width: number,
  labels: Float32Array,
): Examples {
  const longest = sequences.reduce((most, { length }) => Math.max(most, length / width), 1);
  const maxlen = preprocessing.maxlen ?? model.inputShape[1] ?? longest;
  const prepared = prepareSequences(sequences, labels, maxlen, preprocessing, width);
  const perStep = sequences[0] instanceof Float32Array ? width : null;
  return new Examples(prepared, preprocessing.padding, perStep);
}

/** @throws UnrollError `model-data-mismatch` with the first thing that keeps the model from reading the data */
function requireFit({ graph, dataset, preprocessing, training }: TrainJob | EvaluateJob): void {
  const [problem] = fitProblems(graph, dataset, preprocessing, training.loss);
  if (!problem) return;
  throw new UnrollError('model-data-mismatch', {
    model: graph.name,
    data: dataset.name,
    reason: problem.message,
    fix: problem.fix,
  });
}

/** The model with the weights of the job's checkpoint. */
function restoredModel(job: EvaluateJob | PredictJob | FlowJob): Model {
  const model = new Model(job.graph, job.training.seed);
  restore(model.weights, decodeCheckpoint(job.checkpoint).weights);
  return model;
}
