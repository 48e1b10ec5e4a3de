/** The training being set up. It is kept in the workspace's settings, so that leaving the screen loses nothing. */
import { untrack } from 'svelte';
import type { ModelEntry } from '../../../shared/contract/models.ts';
import type { StartInput } from '../../../shared/contract/runs.ts';
import type { Dataset } from '../../../shared/data/dataset.ts';
import { adaptToData } from '../../../shared/graph/data-fit.ts';
import type { ModelGraph } from '../../../shared/graph/graph.ts';
import {
  earlyStoppingSchema,
  LOSSES,
  METRICS,
  optimizerSchema,
  preprocessingSchema,
  reduceOnPlateauSchema,
  TASK_LOSS,
  trainingSchema,
  type Compiled,
  type LossName,
  type MetricName,
  type OptimizerName,
  type Preprocessing,
  type Task,
  type TrainingConfig,
} from '../../../shared/training.ts';
import { problemsOf } from '../../forms/fields.ts';
import { connection } from '../../state/connection.svelte.ts';
import { settings } from '../../state/settings.svelte.ts';
import { readSeeds } from './plan.ts';
import { optimizerSchemaOf } from './settings.ts';

const KEY = 'train.draft';
const DEFAULT_TRAINING = trainingSchema.parse({});

type Engine = NonNullable<StartInput['engine']>;

/** What is kept; what is missing or no longer valid falls back to Keras's defaults. */
interface Kept {
  data: string;
  models: readonly string[];
  /** Those of the user's own models that are made to fit the data; templates always are. */
  adapted: readonly string[];
  preprocessing: Preprocessing;
  training: TrainingConfig;
  loss: LossName | 'task';
  seeds: string;
  engine: Engine;
  threads: number | null;
  /** The graphics adapter; null takes the settings'. */
  device: string | null;
  name: string;
}

const FRESH: Kept = {
  data: '',
  models: [],
  adapted: [],
  preprocessing: preprocessingSchema.parse({}),
  training: DEFAULT_TRAINING,
  loss: 'task',
  seeds: '1',
  engine: 'auto',
  threads: null,
  device: null,
  name: '',
};

function restore(stored: unknown): Kept {
  if (typeof stored !== 'object' || stored === null) return FRESH;
  const kept = { ...FRESH, ...stored } as Kept;
  const preprocessing = preprocessingSchema.safeParse(kept.preprocessing);
  const training = trainingSchema.safeParse(kept.training);
  return {
    ...kept,
    preprocessing: preprocessing.success ? preprocessing.data : FRESH.preprocessing,
    training: training.success ? training.data : FRESH.training,
  };
}

class Draft {
  #own = $state.raw<Kept | null>(null);
  /** Fields whose text cannot be read; their last value must not be trained with instead. */
  #misread = $state(0);
  readonly #kept = $derived(this.#own ?? restore(settings.get(KEY)));
  readonly data = $derived(this.#kept.data);
  readonly models = $derived(this.#kept.models);
  readonly adapted = $derived(this.#kept.adapted);
  readonly preprocessing = $derived(this.#kept.preprocessing);
  readonly training = $derived(this.#kept.training);
  readonly loss = $derived(this.#kept.loss);
  readonly seeds = $derived(this.#kept.seeds);
  readonly engine = $derived(this.#kept.engine);
  readonly threads = $derived(this.#kept.threads);
  /** Null too where the one kept is not here, or not of the engine. */
  readonly device = $derived(
    connection.devicesOf(this.engine).find(({ name }) => name === this.#kept.device)?.name ?? null,
  );
  readonly name = $derived(this.#kept.name);

  readonly seedList = $derived(readSeeds(this.seeds));
  /** What is wrong, by the path of the setting; the screen shows each at its field. */
  readonly problems = $derived({
    preprocessing: problemsOf(preprocessingSchema, this.preprocessing),
    training: problemsOf(trainingSchema, this.training),
    optimizer: problemsOf(optimizerSchemaOf(this.training.optimizer.name), this.training.optimizer),
    earlyStopping: this.training.early_stopping
      ? problemsOf(earlyStoppingSchema, this.training.early_stopping)
      : {},
    plateau: this.training.reduce_lr_on_plateau
      ? problemsOf(reduceOnPlateauSchema, this.training.reduce_lr_on_plateau)
      : {},
  });
  readonly valid = $derived(
    this.#misread === 0 &&
      this.seedList !== null &&
      Object.values(this.problems).every((part) => Object.keys(part).length === 0),
  );

  /** Called by a field that cannot be read; answers what it calls when it can. */
  holdBack = (): (() => void) => {
    untrack(() => this.#misread++);
    return () => untrack(() => this.#misread--);
  };

  change(changes: Partial<Kept>): void {
    this.#own = { ...this.#kept, ...changes };
    settings.set(KEY, this.#own);
  }

  setPreprocessing(key: string, value: unknown): void {
    this.change({ preprocessing: { ...this.preprocessing, [key]: value } as Preprocessing });
  }

  setTraining(key: string, value: unknown): void {
    this.change({ training: { ...this.training, [key]: value } as TrainingConfig });
  }

  setOptimizer(key: string, value: unknown): void {
    this.setTraining('optimizer', { ...this.training.optimizer, [key]: value });
  }

  /** Another optimizer starts from its own defaults; clipping, which all share, stays. */
  chooseOptimizer(name: OptimizerName): void {
    const { clipnorm, clipvalue, global_clipnorm } = this.training.optimizer;
    this.setTraining('optimizer', optimizerSchema.parse({ name, clipnorm, clipvalue, global_clipnorm }));
  }

  /** As a model was compiled where it came from. */
  trainAs({ optimizer, loss, metrics }: Compiled): void {
    const measured = metrics.length > 0 ? metrics : this.training.metrics;
    const training = { ...this.training, optimizer, metrics: measured };
    this.change({ training, ...(loss === null ? {} : { loss }) });
  }

  toggleModel(name: string): void {
    const without = this.models.filter((other) => other !== name);
    this.change({ models: without.length < this.models.length ? without : [...this.models, name] });
  }

  /** The user's own model is trained as it is, or with input, embedding and output made to fit the data. */
  adapt(name: string, on: boolean): void {
    const others = this.adapted.filter((other) => other !== name);
    this.change({ adapted: on ? [...others, name] : others });
  }

  toggleMetric(metric: MetricName): void {
    const { metrics } = this.training;
    this.setTraining(
      'metrics',
      metrics.includes(metric) ? metrics.filter((other) => other !== metric) : [...metrics, metric],
    );
  }

  /** The lecture's and Keras's defaults again, for everything but what is trained on what. */
  reset(): void {
    const { data, models, adapted } = this;
    this.change({ ...FRESH, data, models, adapted });
  }

  /** Loss and metrics that will be used: the task's, unless others are chosen. */
  lossFor(task: Task): { loss: LossName; metrics: MetricName[] } {
    return this.loss === 'task' ? TASK_LOSS[task] : { loss: this.loss, metrics: this.training.metrics };
  }

  /** The model as it will be trained. */
  graphFor({ template, name, graph }: ModelEntry, dataset: Dataset): ModelGraph {
    return template || this.adapted.includes(name)
      ? adaptToData(graph, dataset, this.preprocessingFor(dataset), !template)
      : graph;
  }

  /** `num_words` means nothing for series. */
  preprocessingFor({ kind }: Dataset): Preprocessing {
    return kind === 'tokens' ? this.preprocessing : { ...this.preprocessing, num_words: null };
  }

  /** One run for each model and seed; all with the same data, split, order and settings. */
  runs(models: readonly ModelEntry[], dataset: Dataset): StartInput[] {
    const { data, engine, threads, device, seedList } = this;
    const preprocessing = this.preprocessingFor(dataset);
    const training = { ...this.training, ...this.lossFor(dataset.task) };
    return models.flatMap((entry) => {
      const fitToData = this.adapted.includes(entry.name) && !entry.template;
      return (seedList ?? []).map((seed) => ({
        ...{ model: entry.name, fitToData, data, preprocessing, engine, threads, device },
        training: { ...training, seed },
        ...this.#nameOf(entry.name, seed, models.length),
      }));
    });
  }

  /** The name given, told apart by model and seed where there are several. */
  #nameOf(model: string, seed: number, models: number): { name?: string } {
    const given = this.name.trim();
    if (given === '') return {};
    const parts = [given, models > 1 ? model : '', (this.seedList?.length ?? 0) > 1 ? `seed ${seed}` : ''];
    return { name: parts.filter((part) => part !== '').join(' · ') };
  }
}

export const draft = new Draft();
export const LOSS_CHOICES = LOSSES;
export const METRIC_CHOICES = METRICS;
