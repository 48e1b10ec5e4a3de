/** Gradient and memory through time: what each recurrent layer of a trained model holds and how the loss reaches back. */
import * as tf from '@tensorflow/tfjs-core';
import type { LayerFlow } from '../../shared/contract/analysis.ts';
import type { LossName } from '../../shared/training.ts';
import type { RunRecurrent } from '../layers/layer.ts';
import { recurrent } from '../ops/recurrent.ts';
import type { RecurrentAttributes, RecurrentInputs } from '../ops/recurrent.ts';
import { targetsOf } from '../learner.ts';
import { batchLoss } from '../losses.ts';
import type { Model } from '../model.ts';
import { cellGradient, kernelWithProbes, probesFor, runProbed, stateGradient } from './gradient.ts';
import type { Probes } from './gradient.ts';
import { layerStates, needed } from './states.ts';
import type { LayerStates } from './states.ts';
import { numbersOf } from './scope.ts';

/** A recurrent layer, or one direction of a Bidirectional, as it ran on the batch. */
interface Seen {
  name: string;
  /** Its weights, and of its other inputs the shapes alone: those do not outlive the layer's call. */
  inputs: RecurrentInputs;
  attributes: RecurrentAttributes;
  states: LayerStates;
}

export interface Flow {
  layers: LayerFlow[];
  /** examples x outputs. */
  predictions: Float32Array;
}

/**
 * Runs a model on a few examples and looks into every recurrent layer. The loss is each example's own, not the batch's mean.
 * @param inputs (B, T) ids or (B, T, D) values
 * @param labels B class numbers or values
 */
export function flowThrough(model: Model, inputs: tf.Tensor, labels: Float32Array, loss: LossName): Flow {
  return numbersOf(() => {
    const { seen, predictions } = lookInto(model, inputs);
    const gradients = probeGradients(model, inputs, labels, loss, seen);
    const layers = seen.map((layer, i) => flowOf(layer, gradients[i]!));
    return { layers, predictions };
  });
}

/** The norms alone, (B, T) in the order of time for each layer: what can be had while the model trains. */
export function gradientNorms(
  model: Model,
  inputs: tf.Tensor,
  labels: Float32Array,
  loss: LossName,
): Pick<LayerFlow, 'name' | 'cell' | 'norms' | 'cellNorms' | 'steps'>[] {
  return numbersOf(() => {
    const { seen } = lookInto(model, inputs, needed);
    const gradients = probeGradients(model, inputs, labels, loss, seen);
    return seen.map((layer, i) => {
      const steps = layer.inputs.x.shape[1];
      const { name, attributes } = layer;
      return { name, cell: attributes.cell, steps, ...normsOf(layer, gradients[i]!) };
    });
  });
}

function lookInto(
  model: Model,
  inputs: tf.Tensor,
  statesOf: (inputs: RecurrentInputs, attributes: RecurrentAttributes) => LayerStates = layerStates,
): { seen: Seen[]; predictions: Float32Array } {
  const seen: Seen[] = [];
  const look: RunRecurrent = (given, attributes, name) => {
    seen.push({ name, inputs: given, attributes, states: statesOf(given, attributes) });
    return recurrent(given, attributes);
  };
  const { output } = model.run(inputs, null, look);
  return { seen, predictions: output.dataSync<'float32'>().slice() };
}

/** Of the sum of all examples' losses, for each layer's probes. */
function probeGradients(
  model: Model,
  inputs: tf.Tensor,
  labels: Float32Array,
  loss: LossName,
  seen: readonly Seen[],
): Probes[] {
  if (seen.length === 0) return [];
  const targets = targetsOf(labels, model.outputs, loss);
  // Made out here: the kernels read their weights in the backward pass again.
  const kernels = seen.map(({ inputs: given, attributes }) => kernelWithProbes(given, attributes));
  const total = (...probes: tf.Tensor[]): tf.Scalar => {
    let at = 0;
    const probed: RunRecurrent = (given, attributes) => {
      const kernel = kernels[at]!;
      const [gates, output] = probes.slice(2 * at++);
      return runProbed({ ...given, kernel }, attributes, { gates: gates as tf.Tensor3D, output: output! });
    };
    return tf.mul(batchLoss(loss, targets, model.run(inputs, null, probed)), labels.length);
  };
  const zeros = seen.map(({ inputs: given, attributes }) => probesFor(given, attributes));
  const found = tf.grads(total)(zeros.flatMap(({ gates, output }) => [gates, output]));
  return seen.map((_, i) => ({ gates: found[2 * i] as tf.Tensor3D, output: found[2 * i + 1]! }));
}

/** Norms of all examples, states and gates of the first. */
function flowOf(layer: Seen, gradients: Probes): LayerFlow {
  const { name, inputs, attributes, states } = layer;
  const [examples, steps] = inputs.x.shape;
  const { cell, units, goBackwards } = attributes;
  const first = (values: Float32Array) => inTime(values.slice(0, steps * units), steps, units, goBackwards);
  return {
    name,
    cell,
    units,
    examples,
    steps,
    ...normsOf(layer, gradients),
    states: first(states.h),
    gates: Object.entries(states.gates).map(([gate, values]) => ({ name: gate, values: first(values) })),
  };
}

/** Of dLoss/dh_t and, where there is one, dLoss/dc_t; (B, T) in the order of time. */
function normsOf(
  { inputs, attributes, states }: Seen,
  gradients: Probes,
): Pick<LayerFlow, 'norms' | 'cellNorms'> {
  const ofState = stateGradient(gradients, inputs, attributes, states);
  const ofCell = cellGradient(gradients, ofState, inputs, attributes, states);
  const norms = (gradient: Float32Array) => lengthsInTime(gradient, inputs.x.shape[1], attributes);
  return { norms: norms(ofState), ...(ofCell ? { cellNorms: norms(ofCell) } : {}) };
}

/** The Euclidean length of every (U) of a (B, T, U). */
function lengthsInTime(
  gradient: Float32Array,
  steps: number,
  { units, goBackwards }: RecurrentAttributes,
): Float32Array {
  const lengths = Float32Array.from({ length: gradient.length / units }, (_, at) => {
    let squares = 0;
    for (let u = at * units; u < (at + 1) * units; u++) squares += gradient[u]! ** 2;
    return Math.sqrt(squares);
  });
  return goBackwards ? rowsReversed(lengths, steps) : lengths;
}

function rowsReversed(values: Float32Array, steps: number): Float32Array {
  return values.map((_, at) => values[at - (at % steps) + steps - 1 - (at % steps)]!);
}

/** One example's (T, U) in the order of time. */
function inTime(values: Float32Array, steps: number, units: number, goBackwards: boolean): Float32Array {
  if (!goBackwards) return values;
  return values.map((_, at) => values[(steps - 1 - Math.floor(at / units)) * units + (at % units)]!);
}
