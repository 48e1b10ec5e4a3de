/**
 * The optimizer's step on all variables, by Keras 3's formulas (keras/src/optimizers/{rmsprop,adam,sgd}.py). An engine that
 * registers the kernels below changes variables and slots in place; elsewhere plain tfjs ops assign them anew. Kernels see
 * only the forms their engine supports, those of `simd` Adam, and RMSprop and SGD without momentum.
 *
 * One kernel call takes all variables: `updatedTensors` reads its inputs, UpdateAttributes are its attributes, and `guard`
 * (ops/deferred.ts) is among the inputs where there is one. It gives no outputs.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Regularizer } from '../../shared/layers/regularizers.ts';
import type { OptimizerConfig, OptimizerName } from '../../shared/training.ts';

export const UPDATE_KERNELS = {
  rmsprop: 'UnrollRmsprop',
  adam: 'UnrollAdam',
  sgd: 'UnrollSgd',
} as const satisfies Record<OptimizerName, string>;

export interface UpdateStep {
  /** The learning rate now in force. */
  learningRate: number;
  /** Updates done before this one. */
  iteration: number;
}

/** What a kernel receives: the optimizer's configuration under Keras's names, the step, and Adam's bias-corrected rate. */
export interface UpdateAttributes extends tf.NamedAttrMap {
  learningRate: number;
  iteration: number;
  /** What each gradient is multiplied by first. */
  gradientScales: number[];
  /** What each variable adds to the loss, of which an engine that takes it adds the gradient: l1 sign(w) + 2 l2 w. */
  l1: number[];
  l2: number[];
  /** Adam: learning rate sqrt(1 - beta_2^t) / (1 - beta_1^t), t = iteration + 1, in float32 as Keras; else 0. */
  alpha: number;
}

/** A variable with its gradient and slots, all of one shape. */
export interface UpdateTarget {
  variable: tf.Variable;
  gradient: tf.Tensor;
  /** What the gradient is multiplied by first: clipping by norm. */
  gradientScale: number;
  slots: readonly tf.Variable[];
  /** What the variable adds to the loss beside; only where `updatesRegularized`. */
  regularizer?: Regularizer | undefined;
}

/** A target as a kernel sees it. */
export interface UpdatedTensors {
  variable: tf.TensorInfo;
  gradient: tf.TensorInfo;
  gradientScale: number;
  slots: tf.TensorInfo[];
  regularizer: Regularizer;
}

interface Support {
  /** Which configurations the kernels compute; the others take the plain ops. */
  config: (config: OptimizerConfig) => boolean;
  /** Whether they add the gradient of what a variable adds to the loss. */
  regularizers: boolean;
}
const supported = new Map<string, Support>();

/** An engine that registers the kernels says what they compute. */
export function supportUpdate(backend: string, support: Support): void {
  supported.set(backend, support);
}

const supports = (config: OptimizerConfig): boolean =>
  supported.get(tf.getBackend())?.config(config) === true;

/** Whether an update adds the gradient of what a variable adds to the loss; elsewhere it is to be in the gradient. */
export const updatesRegularized = (config: OptimizerConfig): boolean =>
  supports(config) && supported.get(tf.getBackend())!.regularizers;

/** The slots an optimizer keeps for every variable, by Keras's names. */
export function slotNames(config: OptimizerConfig): string[] {
  if (config.name === 'adam') return ['momentum', 'velocity'];
  const momentum = config.momentum > 0 ? ['momentum'] : [];
  if (config.name === 'sgd') return momentum;
  return ['velocity', ...momentum, ...(config.centered ? ['average_gradient'] : [])];
}

/**
 * Takes one step: changes the variables and their slots.
 * @param guard leaves them as they are while it is 1; for engines that register the kernels
 */
export function update(
  config: OptimizerConfig,
  targets: readonly UpdateTarget[],
  step: UpdateStep,
  guard?: tf.Tensor,
): void {
  if (supports(config)) {
    const attributes: UpdateAttributes = {
      ...hyperparameters(config),
      ...step,
      gradientScales: targets.map(({ gradientScale }) => gradientScale),
      l1: targets.map(({ regularizer }) => regularizer?.l1 ?? 0),
      l2: targets.map(({ regularizer }) => regularizer?.l2 ?? 0),
      alpha: config.name === 'adam' ? adamRate(config, step) : 0,
    };
    const inputs = { ...kernelInputs(targets), ...(guard && { guard }) };
    tf.engine().runKernel(UPDATE_KERNELS[config.name], inputs, attributes);
    return;
  }
  for (const { gradient, gradientScale, ...target } of targets) {
    tf.tidy(() => {
      const scaled = gradientScale === 1 ? gradient : tf.mul(gradient, gradientScale);
      PLAIN[config.name](config as never, { ...target, gradient: scaled }, step);
    });
  }
}

/** Variable, gradient and slots of one target behind those of another, by number. */
function kernelInputs(targets: readonly UpdateTarget[]): tf.NamedTensorMap {
  const all = targets.flatMap(({ variable, gradient, slots }) => [variable, gradient, ...slots]);
  return { ...all } as unknown as tf.NamedTensorMap;
}

/** What a kernel's inputs and attributes hold, target by target. */
export function updatedTensors(
  inputs: tf.NamedTensorInfoMap,
  { gradientScales, l1, l2 }: UpdateAttributes,
): UpdatedTensors[] {
  const all = Object.entries(inputs).flatMap(([name, tensor]) => (name === 'guard' ? [] : [tensor!]));
  const each = all.length / gradientScales.length;
  return gradientScales.map((gradientScale, i) => {
    const [variable, gradient, ...slots] = all.slice(i * each, (i + 1) * each);
    const regularizer = { l1: l1[i]!, l2: l2[i]! };
    return { variable: variable!, gradient: gradient!, gradientScale, slots, regularizer };
  });
}

const known = new WeakMap<OptimizerConfig, tf.NamedAttrMap>();

/** The configuration without its nulls (clipping is done before) as kernel attributes. */
function hyperparameters(config: OptimizerConfig): tf.NamedAttrMap {
  let attributes = known.get(config);
  if (!attributes) {
    attributes = Object.fromEntries(
      Object.entries(config).filter(([, value]) => value !== null),
    ) as tf.NamedAttrMap;
    known.set(config, attributes);
  }
  return attributes;
}

type Config<N extends OptimizerName> = Extract<OptimizerConfig, { name: N }>;
type Changed = Pick<UpdateTarget, 'variable' | 'gradient' | 'slots'>;
type Plain = { [N in OptimizerName]: (config: Config<N>, target: Changed, step: UpdateStep) => void };

const PLAIN: Plain = { rmsprop, adam, sgd };

/** v <- rho v + (1 - rho) g^2; w <- w - rate g / sqrt(v + epsilon); the epsilon is inside the root. */
function rmsprop(
  config: Config<'rmsprop'>,
  { variable, gradient, slots }: Changed,
  { learningRate }: UpdateStep,
): void {
  const { rho, epsilon, momentum, centered } = config;
  const velocity = slots[0]!;
  const decayed = (slot: tf.Tensor, by: tf.Tensor) => tf.add(tf.mul(slot, rho), tf.mul(by, 1 - rho));
  velocity.assign(decayed(velocity, tf.square(gradient)));
  let denominator: tf.Tensor = tf.add(velocity, epsilon);
  if (centered) {
    const average = slots.at(-1)!;
    average.assign(decayed(average, gradient));
    denominator = tf.add(tf.sub(velocity, tf.square(average)), epsilon);
  }
  let increment: tf.Tensor = tf.div(tf.mul(gradient, learningRate), tf.sqrt(denominator));
  if (momentum > 0) {
    increment = tf.add(tf.mul(slots[1]!, momentum), increment);
    slots[1]!.assign(increment);
  }
  variable.assign(tf.sub(variable, increment));
}

/** m <- m + (1 - beta_1)(g - m); v <- v + (1 - beta_2)(g^2 - v); w <- w - alpha m / (sqrt(v) + epsilon). */
function adam(config: Config<'adam'>, { variable, gradient, slots }: Changed, step: UpdateStep): void {
  const [m, v] = slots as [tf.Variable, tf.Variable];
  m.assign(tf.add(m, tf.mul(tf.sub(gradient, m), 1 - config.beta_1)));
  v.assign(tf.add(v, tf.mul(tf.sub(tf.square(gradient), v), 1 - config.beta_2)));
  variable.assign(
    tf.sub(variable, tf.div(tf.mul(m, adamRate(config, step)), tf.add(tf.sqrt(v), config.epsilon))),
  );
}

/** Keras raises the betas in float32: at the first steps 1 - beta_2^t differs from the exact value in the fifth digit. */
function adamRate(config: Config<'adam'>, { learningRate, iteration }: UpdateStep): number {
  const remainder = (beta: number) => Math.fround(1 - Math.fround(Math.fround(beta) ** (iteration + 1)));
  const rate = Math.fround(Math.fround(learningRate) * Math.fround(Math.sqrt(remainder(config.beta_2))));
  return Math.fround(rate / remainder(config.beta_1));
}

/** m <- momentum m - rate g; w <- w + m, or with Nesterov w + momentum m - rate g. */
function sgd(
  config: Config<'sgd'>,
  { variable, gradient, slots }: Changed,
  { learningRate }: UpdateStep,
): void {
  const descent = tf.mul(gradient, learningRate);
  const momentum = slots[0];
  if (!momentum) return variable.assign(tf.sub(variable, descent));
  momentum.assign(tf.sub(tf.mul(momentum, config.momentum), descent));
  const ahead = config.nesterov ? tf.sub(tf.mul(momentum, config.momentum), descent) : momentum;
  variable.assign(tf.add(variable, ahead));
}
