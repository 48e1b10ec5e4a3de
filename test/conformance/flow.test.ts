/**
 * dLoss/dh_t and dLoss/dc_t as the engines' kernels give them, against automatic differentiation of the reference op: there a
 * zero is added to the state after each step, and another to the cell state before the step's output sees it, and their
 * gradients are read. States and gates are checked against the same loop.
 */
import * as tf from '@tensorflow/tfjs-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { LayerNode, ModelGraph } from '../../src/shared/graph/graph.ts';
import { flowThrough } from '../../src/training/flow/flow.ts';
import { numbersOf } from '../../src/training/flow/scope.ts';
import type { RunRecurrent } from '../../src/training/layers/layer.ts';
import { targetsOf } from '../../src/training/learner.ts';
import { batchLoss } from '../../src/training/losses.ts';
import { Model } from '../../src/training/model.ts';
import { activationFunction } from '../../src/training/ops/activations.ts';
import { biases, cellStep, STATES } from '../../src/training/ops/cells.ts';
import type { State } from '../../src/training/ops/cells.ts';
import type { RecurrentAttributes, RecurrentInputs } from '../../src/training/ops/recurrent.ts';
import { ENGINES_HERE, startEngine } from './engines.ts';

const B = 3;
const T = 9;
const LABELS = Float32Array.from([1, 0, 1]);
/** Padded in front, as the lecture's data; the last row is full. */
const IDS = [
  [0, 0, 0, 0, 0, 0, 0, 1, 5],
  [0, 0, 0, 1, 4, 9, 2, 7, 3],
  [1, 2, 6, 4, 8, 3, 9, 5, 7],
];

type Layers = readonly (readonly [type: string, config: Record<string, unknown>])[];

function chain(layers: Layers, maskZero = false): Model {
  const nodes: LayerNode[] = [
    { id: 'input', type: 'Input', config: { shape: [T], dtype: 'int32' }, inputs: [] },
    {
      id: 'embedding',
      type: 'Embedding',
      config: { input_dim: 10, output_dim: 4, mask_zero: maskZero },
      inputs: ['input'],
    },
  ];
  for (const [type, config] of [...layers, ['Dense', { units: 1, activation: 'sigmoid' }] as const])
    nodes.push({ id: `layer_${nodes.length}`, type, config, inputs: [nodes.at(-1)!.id] });
  const graph: ModelGraph = { format: 'unroll-model', version: 1, name: 'small', nodes };
  const model = new Model(graph, 3);
  // Larger than as initialised, so that gradients neither vanish nor hide in rounding.
  for (const { variable } of model.weights) variable.assign(tf.mul(variable, 1.5));
  return model;
}

/** What is added, zeros all, at each step of each layer: to h_t behind the step, and to c_t before its output sees it. */
interface Added {
  h: readonly tf.Tensor[];
  c: readonly tf.Tensor[];
}

/** A step of a cell with a cell state, by the equations, with something added to that. */
function carryingStep(
  { cell, activation, recurrentActivation, outputSees }: RecurrentAttributes,
  { recurrentKernel, carryKernel }: RecurrentInputs,
  [x, added]: [tf.Tensor2D, tf.Tensor],
  [h, c]: State,
): State {
  const act = activationFunction(activation);
  const gate = activationFunction(recurrentActivation);
  const z = tf.split(tf.add(x, tf.matMul(h!, recurrentKernel)), 4, 1);
  const kept = tf.add(tf.mul(gate(z[1]!), c!), tf.mul(gate(z[0]!), act(z[2]!)));
  const next = tf.add(kept, added) as tf.Tensor2D;
  if (cell === 'LSTM') return [tf.mul(gate(z[3]!), act(next)), next];
  return [act(tf.add(z[3]!, tf.matMul(outputSees === 'old' ? c! : next, carryKernel!))) as tf.Tensor2D, next];
}

/** The reference op's loop, with something added to the states of each step. */
function loop(notes: { states: Float32Array[] }, added: Added): RunRecurrent {
  return (inputs, attributes) => {
    const bias = biases(inputs);
    const { recurrentKernel, carryKernel } = inputs;
    const weights = { recurrentKernel, carryKernel, recurrentBias: bias.recurrent, stateDropout: null };
    const step = cellStep(attributes, weights);
    const inOrder = (steps: tf.Tensor[]) => (attributes.goBackwards ? steps.toReversed() : steps);
    const xs = inOrder(tf.unstack(inputs.x, 1));
    const masks = inputs.mask && inOrder(tf.unstack(tf.expandDims(inputs.mask, 2), 1));
    let state: State = Array.from({ length: STATES[attributes.cell] }, () => tf.zeros([B, attributes.units]));
    const outputs = xs.map((x, t) => {
      const z = tf.add(tf.matMul(x as tf.Tensor2D, inputs.kernel), bias.input) as tf.Tensor2D;
      const place = notes.states.length + (attributes.goBackwards ? T - 1 - t : t);
      const ofCell = added.c[place]!;
      const next = state.length > 1 ? carryingStep(attributes, inputs, [z, ofCell], state) : step(z, state);
      const before = state.map((value, i) => (i === 1 ? tf.add(value, ofCell) : value) as tf.Tensor2D);
      state = masks
        ? next.map((value, i) => tf.where(tf.cast(masks[t]!, 'bool'), value, before[i]!) as tf.Tensor2D)
        : next;
      // Not every c_t counts for the loss, and tfjs wants a way from each to it.
      state[0] = tf.addN([state[0]!, added.h[place]!, tf.mul(ofCell, 0)]) as tf.Tensor2D;
      return state[0];
    });
    const inTime = attributes.goBackwards ? outputs.toReversed() : outputs;
    notes.states.push(...inTime.map((output) => output.dataSync<'float32'>().slice()));
    return attributes.returnSequences ? tf.stack(outputs, 1) : state[0]!;
  };
}

/** By layer: norms (B, T) of the gradients, and the first row's states (T, U). */
function differentiated(model: Model, units: readonly number[]) {
  return numbersOf(() => {
    const inputs = tf.tensor2d(IDS, [B, T], 'int32');
    const zeros = units.flatMap((U) => Array.from({ length: T }, () => tf.zeros([B, U])));
    let states: Float32Array[] = [];
    const total = (...added: tf.Tensor[]): tf.Scalar => {
      const notes = { states: [] as Float32Array[] };
      const [h, c] = [added.slice(0, zeros.length), added.slice(zeros.length)];
      const outputs = model.run(inputs, null, loop(notes, { h, c }));
      states = notes.states;
      const loss = batchLoss('binary_crossentropy', targetsOf(LABELS, 1, 'binary_crossentropy'), outputs);
      return tf.mul(loss, B);
    };
    const gradients = tf
      .grads(total)([...zeros, ...zeros.map((zero) => tf.clone(zero))])
      .map((gradient) => gradient.dataSync<'float32'>());
    const norms = (of: Float32Array[], U: number) =>
      Array.from({ length: B * T }, (_, at) => {
        const row = Math.floor(at / T);
        return Math.hypot(...of[at % T]!.slice(row * U, (row + 1) * U));
      });
    return units.map((U, layer) => ({
      norms: norms(gradients.slice(layer * T), U),
      cellNorms: norms(gradients.slice(zeros.length + layer * T), U),
      states: Array.from({ length: T }, (_, t) => [...states[layer * T + t]!.slice(0, U)]).flat(),
    }));
  });
}

function expectNear(found: ArrayLike<number>, wanted: readonly number[]): void {
  expect(found.length).toBe(wanted.length);
  const largest = Math.max(...wanted.map(Math.abs));
  const error = Math.max(...wanted.map((value, i) => Math.abs(value - found[i]!)));
  expect(error / largest).toBeLessThan(1e-5);
}

const CASES: readonly [name: string, layers: Layers, units: readonly number[], maskZero?: boolean][] = [
  ['SimpleRNN', [['SimpleRNN', { units: 5 }]], [5]],
  ['LSTM', [['LSTM', { units: 5 }]], [5]],
  ['LSTM behind a mask', [['LSTM', { units: 6 }]], [6], true],
  ['GRU', [['GRU', { units: 5 }]], [5]],
  ['GRU behind a mask', [['GRU', { units: 4 }]], [4], true],
  ['GRU that resets before the product', [['GRU', { units: 5, reset_after: false }]], [5]],
  ["the lecture's LSTM", [['BookLSTM', { units: 5 }]], [5]],
  ["the lecture's LSTM behind a mask", [['BookLSTM', { units: 5 }]], [5], true],
  [
    "the lecture's LSTM whose output sees the new carry",
    [['BookLSTM', { units: 5, output_sees: 'new' }]],
    [5],
  ],
  ['an LSTM with another activation', [['LSTM', { units: 4, activation: 'softsign' }]], [4], true],
  [
    "the lecture's LSTM, backwards",
    [['BookLSTM', { units: 4, output_sees: 'new', go_backwards: true }]],
    [4],
    true,
  ],
  [
    'a stack',
    [
      ['SimpleRNN', { units: 5, return_sequences: true }],
      ['LSTM', { units: 4 }],
    ],
    [5, 4],
  ],
  ['a layer that reads backwards', [['GRU', { units: 5, go_backwards: true }]], [5]],
  [
    'both directions',
    [['Bidirectional', { layer: { class_name: 'LSTM', config: { units: 4 } }, merge_mode: 'concat' }]],
    [4, 4],
  ],
];

/** The child looks into layers on an engine whose tensors can be read at once. */
const synchronous = ENGINES_HERE.filter((engine) => engine !== 'webgpu');

describe.each(synchronous)('on the engine %s', (engine) => {
  let stop: () => Promise<void>;
  beforeAll(async () => {
    stop = await startEngine(engine);
  });
  afterAll(() => stop());

  test.each(CASES)('%s', (_, layers, units, maskZero = false) => {
    const model = chain(layers, maskZero);
    const inputs = tf.tensor2d(IDS, [B, T], 'int32');
    const { layers: found, predictions } = flowThrough(model, inputs, LABELS, 'binary_crossentropy');
    expect(found.map((layer) => layer.units)).toEqual(units);
    differentiated(model, units).forEach((wanted, i) => {
      const { cell, norms, cellNorms } = found[i]!;
      expectNear(norms, wanted.norms);
      if (cell.endsWith('LSTM')) expectNear(cellNorms!, wanted.cellNorms);
      else expect(cellNorms).toBeUndefined();
      expectNear(found[i]!.states, wanted.states);
    });
    const output = numbersOf(() => model.run(inputs, null).output.dataSync<'float32'>().slice());
    expect(predictions).toEqual(output);
    inputs.dispose();
    model.dispose();
  });

  test("an LSTM's gates make its states: c = f c + i g, h = o tanh(c)", () => {
    const model = chain([['LSTM', { units: 5 }]]);
    const inputs = tf.tensor2d(IDS.slice(2), [1, T], 'int32');
    const { layers } = flowThrough(model, inputs, LABELS.slice(0, 1), 'binary_crossentropy');
    const { states, gates, units } = layers[0]!;
    const gate = (name: string) => gates.find((one) => one.name === name)!.values;
    expect(gates.map(({ name }) => name)).toEqual(['input', 'forget', 'candidate', 'output', 'cell']);
    states.forEach((h, at) => {
      const before = at < units ? 0 : gate('cell')[at - units]!;
      const cell = gate('forget')[at]! * before + gate('input')[at]! * gate('candidate')[at]!;
      expect(gate('cell')[at]).toBeCloseTo(cell, 6);
      expect(h).toBeCloseTo(gate('output')[at]! * Math.tanh(cell), 5);
    });
    inputs.dispose();
    model.dispose();
  });

  test('nothing of the look stays in memory', () => {
    const model = chain([['LSTM', { units: 5 }]]);
    const inputs = tf.tensor2d(IDS, [B, T], 'int32');
    flowThrough(model, inputs, LABELS, 'binary_crossentropy');
    const { numTensors } = tf.memory();
    flowThrough(model, inputs, LABELS, 'binary_crossentropy');
    expect(tf.memory().numTensors).toBe(numTensors);
    inputs.dispose();
    model.dispose();
  });
});
