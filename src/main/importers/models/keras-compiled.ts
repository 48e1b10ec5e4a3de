/**
 * How a model was compiled, out of Keras's files: its optimizer with what that had kept, its loss and its metrics. It has no
 * bearing on predictions, so what Unroll does not have is told in a note and left.
 */
import type { NamedArray } from '../../../shared/checkpoint.ts';
import {
  lossSchema,
  metricSchema,
  optimizerSchema,
  type Compiled,
  type LossName,
  type MetricName,
  type OptimizerConfig,
  type OptimizerName,
} from '../../../shared/training.ts';
import type { Hdf5Array } from '../../hdf5/content.ts';
import { slotOrder } from '../../exporters/keras/slots.ts';
import type { KerasModel } from './keras-model.ts';
import { isObject, type Config } from './keras-values.ts';
import { refuse, type CompiledState } from './model-importer.ts';

const OPTIMIZERS: ReadonlyMap<string, OptimizerName> = new Map([
  ['RMSprop', 'rmsprop'],
  ['Adam', 'adam'],
  ['SGD', 'sgd'],
]);

/** Settings of Keras's optimizers that Unroll does not have, with the values that mean they are off. */
const OFF: Readonly<Record<string, readonly unknown[]>> = {
  weight_decay: [null, 0],
  use_ema: [false],
  loss_scale_factor: [null, 1],
  gradient_accumulation_steps: [null, 1],
  amsgrad: [false],
};

/** What stands in the file under Keras's names. */
interface Written {
  /** `{class_name, config}` */
  optimizer: unknown;
  loss: unknown;
  metrics: unknown;
  /** All numbers the optimizer had kept, in its own order: count of updates, learning rate, then the slots. */
  variables: readonly Hdf5Array[];
}

/**
 * @param notes gets a sentence for what is not kept
 * @returns null for a model that was not compiled, or with an optimizer that Unroll does not have
 * @throws UnrollError `model-unreadable` where the optimizer had kept what are no numbers
 */
export function readCompiled(path: string, model: KerasModel, written: Written): CompiledState | null {
  if (!isObject(written.optimizer)) return null;
  const found = readOptimizer(written.optimizer);
  if (typeof found === 'string') {
    model.notes.push(`Its optimizer is not kept: ${found}.`);
    return null;
  }
  const kept = readVariables(path, model, found, written.variables);
  const optimizer =
    kept.learningRate === null ? found : { ...found, learning_rate: float32Digits(kept.learningRate) };
  const compiled: Compiled = {
    optimizer,
    loss: readLoss(written.loss, model.notes),
    metrics: readMetrics(written.metrics),
    iterations: kept.iterations,
  };
  return { compiled, slots: kept.slots };
}

/** @returns the optimizer, or why there is none here */
function readOptimizer({ class_name, config }: Config): OptimizerConfig | string {
  const className = String(class_name).replace(/^.*>/, '');
  const name = OPTIMIZERS.get(className);
  if (name === undefined) return `Unroll has no ${className}`;
  const given = isObject(config) ? config : {};
  const on = Object.entries(OFF).find(([key, off]) => key in given && !off.includes(given[key]));
  if (on) return `its ${on[0]} is ${JSON.stringify(given[on[0]])}`;
  if (typeof given.learning_rate !== 'number') return 'its learning rate follows a schedule of its own';
  const learning_rate = float32Digits(given.learning_rate);
  const parsed = optimizerSchema.safeParse({ ...given, name, learning_rate });
  return parsed.success ? parsed.data : `its ${parsed.error.issues[0]!.path.join('.')} is out of range`;
}

/** What was meant by a number that went through float32: 0.01 for 0.009999999776482582. */
function float32Digits(value: number): number {
  const short = Number(value.toPrecision(7));
  return Math.fround(short) === Math.fround(value) ? short : value;
}

interface Kept {
  iterations: number;
  learningRate: number | null;
  slots: NamedArray[];
}

/** Slots under the names that checkpoints have; none where the optimizer was never used. */
function readVariables(
  path: string,
  model: KerasModel,
  optimizer: OptimizerConfig,
  variables: readonly Hdf5Array[],
): Kept {
  const nothing: Kept = { iterations: 0, learningRate: null, slots: [] };
  const weights = new Map<string, readonly number[]>();
  for (const { id } of model.layers)
    for (const { name, shape } of model.analysis.nodes.get(id)!.weights) weights.set(`${id}/${name}`, shape);
  const names = slotOrder(optimizer, [...weights.keys()]);
  const [count, rate, ...arrays] = variables;
  if (!count || !rate || Number(count.data[0]) === 0) return nothing;
  const fits = arrays.length === names.length && arrays.every(({ shape }, i) => shape.join() === shapeAt(i));
  if (!fits) {
    model.notes.push(
      'What its optimizer had kept is not for all weights, as with frozen layers; it begins afresh.',
    );
    return nothing;
  }
  const slots = arrays.map(({ shape, data }, i): NamedArray => ({
    name: names[i]!,
    shape,
    data: Float32Array.from(data as Float32Array),
  }));
  const broken = [rate, ...slots].find(({ data }) => !(data as Float32Array).every(Number.isFinite));
  if (broken)
    throw refuse(
      path,
      'its optimizer had kept values that are no numbers (NaN or infinity)',
      'Its training diverged; save the model from before that.',
    );
  return { iterations: Number(count.data[0]), learningRate: Number(rate.data[0]), slots };

  function shapeAt(index: number): string {
    const [, ...weight] = names[index]!.split('/');
    return weights.get(weight.join('/'))!.join();
  }
}

const LONG_NAMES: ReadonlyMap<string, string> = new Map([
  ['mean_squared_error', 'mse'],
  ['mean_absolute_error', 'mae'],
  ['accuracy', 'acc'],
  ['binary_accuracy', 'acc'],
  ['categorical_accuracy', 'acc'],
  ['sparse_categorical_accuracy', 'acc'],
]);

/** `binary_crossentropy` for it, for `BinaryCrossentropy`, and for `{class_name: 'BinaryCrossentropy'}`. */
function plainName(value: unknown): string {
  const given = isObject(value) ? (isObject(value.config) ? value.class_name : value.config) : value;
  const plain = String(given)
    .replace(/(.)([A-Z])/g, '$1_$2')
    .toLowerCase();
  return LONG_NAMES.get(plain) ?? plain;
}

function readLoss(value: unknown, notes: string[]): LossName | null {
  const settings = isObject(value) && isObject(value.config) ? value.config : {};
  const found = lossSchema.safeParse(plainName(value));
  const changed = Boolean(settings.from_logits) || Boolean(settings.label_smoothing);
  if (found.success && !changed) return found.data;
  if (value !== null && value !== undefined)
    notes.push(`Its loss ${plainName(value)}${changed ? ' with settings of its own' : ''} is not kept.`);
  return null;
}

/** Those Unroll has; metrics have no bearing on training. */
function readMetrics(value: unknown): MetricName[] {
  const names = (Array.isArray(value) ? (value as unknown[]).flat() : []).map(plainName);
  return [...new Set(names)].flatMap((name) => {
    const found = metricSchema.safeParse(name);
    return found.success ? [found.data] : [];
  });
}
