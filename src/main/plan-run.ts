/** From what a user asks to train to a run with every setting settled, or a clear word why it cannot be trained. */
import type { Parsed } from '../shared/contract/index.ts';
import type { Dataset } from '../shared/data/dataset.ts';
import { UnrollError } from '../shared/errors.ts';
import {
  engineChoiceSchema,
  TASK_LOSS,
  trainingSchema,
  type Compiled,
  type TrainingConfig,
} from '../shared/training.ts';
import { engineChoice, requireEngine } from './engines.ts';
import { compiledOf, initialCheckpoint } from './import-model.ts';
import { describeMachine, describeVersions } from './machine.ts';
import { trainableModel } from './models.ts';
import type { ReadableDb } from './store/database.ts';
import { datasetByName } from './store/datasets.ts';
import { freeRunName, type NewRun } from './store/runs.ts';
import { readSettings } from './store/settings.ts';

/** What of `training.start` makes a run; experiments state their settings themselves. */
type Asked = Omit<Parsed<'training.start'>, 'profile' | 'fitToData' | 'asCompiled' | 'device'> & {
  fitToData?: boolean;
  asCompiled?: boolean;
  device?: string | null;
};

/**
 * @throws UnrollError `not-found` for a model or data set, `model-invalid`, `model-data-mismatch`, `data-empty`, `split-impossible`
 */
export function planRun(db: ReadableDb, input: Asked): NewRun {
  const dataset = datasetByName(db, input.data);
  const compiled = input.asCompiled && typeof input.model === 'string' ? compiledOf(db, input.model) : null;
  const training = settledTraining(dataset, input, compiled);
  refuseTooFewExamples(dataset, training);
  const { preprocessing, fitToData = false } = input;
  const settled = engineChoice(readSettings(db));
  const engine = input.engine === 'auto' ? settled.engine : input.engine;
  // The one settled on is for the engine that has devices; one that is named is refused with any other.
  const device = input.device ?? (engine === 'webgpu' ? settled.device : null);
  const { name, graph, parameters } = trainableModel(db, input.model, {
    ...{ dataset, preprocessing, training, fitToData },
  });
  return {
    name: input.name ?? freeRunName(db, name),
    model: name,
    graph,
    dataset,
    preprocessing,
    training,
    engine,
    threads: input.threads,
    machine: describeMachine(device),
    versions: describeVersions(),
    parameters,
    initial: typeof input.model === 'string' ? initialCheckpoint(db, name, graph, training.optimizer) : null,
  };
}

/**
 * Sees that a planned run can have its engine and device, before there is a run of it.
 * @throws UnrollError `engine-unavailable`, `device-unknown`
 */
export async function requireEngineOf(
  { engine, machine }: Pick<NewRun, 'engine' | 'machine'>,
  nodePath: string | undefined,
): Promise<void> {
  const asked = engineChoiceSchema.parse(engine);
  await requireEngine({ engine: asked, device: machine['device'] ?? null }, nodePath);
}

/** Optimizer, loss and metrics as the model was compiled, as the data ask for, or as they are given, in this order. */
function settledTraining(
  dataset: Dataset,
  { training, lossFromData, fitToData = false }: Asked,
  compiled: Compiled | null,
): TrainingConfig {
  const byData = lossFromData ? withLossOf(dataset, training) : training;
  if (!compiled) return byData;
  const { optimizer, loss, metrics } = compiled;
  // An output that is made for the data has the data's loss.
  if (fitToData && lossFromData) return { ...byData, optimizer };
  return {
    ...byData,
    optimizer,
    ...(loss && { loss }),
    metrics: metrics.length > 0 ? metrics : byData.metrics,
  };
}

/** Loss and metrics of the data's task, where those given are the defaults and not a choice of another kind. */
function withLossOf({ task }: Dataset, training: TrainingConfig): TrainingConfig {
  const { loss, metrics } = trainingSchema.parse({});
  const stated = training.loss !== loss || training.metrics.join() !== metrics.join();
  return stated ? training : { ...training, ...TASK_LOSS[task] };
}

/** Whether the validation split, taken as Keras takes it, leaves something on both sides. */
function canBeSplit(examples: number, share: number): boolean {
  const trained = Math.floor(examples * (1 - share));
  return trained > 0 && (share === 0 || trained < examples);
}

function refuseTooFewExamples(dataset: Dataset, { limit, validation_split: share }: TrainingConfig): void {
  const examples = Math.min(limit ?? Infinity, dataset.trainExamples);
  if (canBeSplit(examples, share)) return;
  const least = share === 0 ? 1 : Math.max(2, Math.ceil(1 / (1 - share)));
  if (examples === 0)
    throw new UnrollError('data-empty', { what: `The train split of ${dataset.name}`, least });
  throw new UnrollError('split-impossible', { examples, share, least });
}
