/**
 * cuDNN's array of parameters, read by cuDNN's own documentation and computed with its own equations, against the reference op:
 * https://docs.nvidia.com/deeplearning/cudnn (`cudnnGetRNNWeightParams`: linear layers by id; `cudnnRNNMode_t`: equations). An
 * LSTM's ids are 0/4 input, 1/5 forget, 2/6 new memory, 3/7 output; a GRU's 0/3 reset, 1/4 update, 2/5 new memory.
 */
import * as tf from '@tensorflow/tfjs-core';
import { beforeAll, expect, it } from 'vitest';
import {
  cudnnMode,
  cudnnPieces,
  type CudnnMode,
} from '../../../../../src/training/engines/tensorflow/cudnn-layout.ts';
import { referenceEngine } from '../../../../../src/training/engines/reference.ts';
import { KERAS_PARAMETERS } from '../../../../conformance/cudnn_parameters.ts';
import { recurrent, type RecurrentAttributes } from '../../../../../src/training/ops/recurrent.ts';

const [B, T, D, U] = [2, 4, 3, 5];
const GATES: Readonly<Record<CudnnMode, number>> = { lstm: 4, gru: 3, rnn_tanh: 1, rnn_relu: 1 };
const sigmoid = (z: number): number => 1 / (1 + Math.exp(-z));

const some = (length: number): Float32Array =>
  Float32Array.from({ length }, (_, i) => Math.sin(5 * i + length));

/** Kernel (D, G U), recurrent kernel (U, G U), bias (G U) or, of a GRU, (2, G U). */
interface KerasWeights {
  kernel: Float32Array;
  recurrentKernel: Float32Array;
  bias: Float32Array;
}

function kerasWeights(mode: CudnnMode): KerasWeights {
  const N = GATES[mode] * U;
  return { kernel: some(D * N), recurrentKernel: some(U * N), bias: some(mode === 'gru' ? 2 * N : N) };
}

function parameters(
  mode: CudnnMode,
  [D, U]: readonly [number, number],
  { kernel, recurrentKernel, bias }: KerasWeights,
): number[] {
  const N = GATES[mode] * U;
  const transposed = (matrix: Float32Array, gate: number, inputs: number) =>
    Array.from(
      { length: U * inputs },
      (_, i) => matrix[(i % inputs) * N + gate * U + Math.floor(i / inputs)]!,
    );
  const row = (gate: number, from: number) => [...bias.subarray(from + gate * U, from + (gate + 1) * U)];
  return cudnnPieces(mode, D, U).flatMap(({ of, gate, size }) => {
    if (of === 'kernel') return transposed(kernel, gate, D);
    if (of === 'recurrentKernel') return transposed(recurrentKernel, gate, U);
    if (of === 'recurrentBias') return row(gate, mode === 'gru' ? N : 0);
    return mode === 'gru' ? row(gate, 0) : Array<number>(size).fill(0);
  });
}

/** h of the last step by cuDNN's equations, from its array alone. */
function lastState(mode: CudnnMode, params: readonly number[], x: Float32Array, row: number): number[] {
  const gates = GATES[mode];
  const units = Array.from({ length: U }, (_, u) => u);
  /** W_id x + b_id for the ids below the gates' number, R_id h + b_id for those from it on. */
  const linear = (id: number, input: readonly number[], u: number): number => {
    const isState = id >= gates;
    const begin = isState ? gates * U * D + (id - gates) * U * U : id * U * D;
    const width = isState ? U : D;
    const bias = params[gates * U * (D + U) + id * U + u]!;
    return input.reduce((sum, value, i) => sum + value * params[begin + u * width + i]!, bias);
  };
  let [h, c] = [units.map(() => 0), units.map(() => 0)];
  for (let t = 0; t < T; t++) {
    const xs = [...x.subarray((row * T + t) * D, (row * T + t + 1) * D)];
    const before = h;
    const both = (id: number, u: number) => linear(id, xs, u) + linear(gates + id, before, u);
    if (mode === 'lstm') {
      c = units.map((u) => sigmoid(both(1, u)) * c[u]! + sigmoid(both(0, u)) * Math.tanh(both(2, u)));
      h = units.map((u) => sigmoid(both(3, u)) * Math.tanh(c[u]!));
    } else if (mode === 'gru') {
      h = units.map((u) => {
        const update = sigmoid(both(1, u));
        const fresh = Math.tanh(linear(2, xs, u) + sigmoid(both(0, u)) * linear(5, before, u));
        return (1 - update) * fresh + update * before[u]!;
      });
    } else h = units.map((u) => (mode === 'rnn_tanh' ? Math.tanh(both(0, u)) : Math.max(0, both(0, u))));
  }
  return h;
}

const LAYER = {
  units: U,
  activation: 'tanh',
  recurrentActivation: 'sigmoid',
  returnSequences: false,
  goBackwards: false,
  resetAfter: true,
  outputSees: 'old',
} as const;
const layers: readonly [CudnnMode, RecurrentAttributes][] = [
  ['lstm', { ...LAYER, cell: 'LSTM' }],
  ['gru', { ...LAYER, cell: 'GRU' }],
  ['rnn_tanh', { ...LAYER, cell: 'SimpleRNN' }],
  ['rnn_relu', { ...LAYER, cell: 'SimpleRNN', activation: 'relu' }],
];

beforeAll(() => referenceEngine.start({ threads: 1 }).then(() => undefined));

it.each(layers)('holds what a layer computes: %s', (mode, attributes) => {
  expect(cudnnMode(attributes)).toBe(mode);
  const x = some(B * T * D);
  const weights = kerasWeights(mode);
  const { kernel, recurrentKernel, bias } = weights;
  const N = GATES[mode] * U;
  const inputs = {
    x: tf.tensor3d(x, [B, T, D]),
    kernel: tf.tensor2d(kernel, [D, N]),
    recurrentKernel: tf.tensor2d(recurrentKernel, [U, N]),
    bias: tf.tensor(bias, mode === 'gru' ? [2, N] : [N]),
    carryKernel: null,
    mask: null,
  };
  const expected = recurrent(inputs, attributes).dataSync<'float32'>();
  const params = parameters(mode, [D, U], weights);
  const found = [0, 1].flatMap((row) => lastState(mode, params, x, row));
  found.forEach((value, i) => expect(value).toBeCloseTo(expected[i]!, 5));
});

it.each(KERAS_PARAMETERS)('is laid out as Keras lays it out: $mode', ({ mode, inputs, units, values }) => {
  const N = GATES[mode] * units;
  const numbered = (from: number, length: number) => Float32Array.from({ length }, (_, i) => from + i);
  const weights = {
    kernel: numbered(0, inputs * N),
    recurrentKernel: numbered(100, units * N),
    bias: numbered(200, mode === 'gru' ? 2 * N : N),
  };
  expect(parameters(mode, [inputs, units], weights)).toEqual(values);
});

it('is for no layer that cuDNN computes differently', () => {
  expect(cudnnMode({ ...LAYER, cell: 'GRU', resetAfter: false })).toBeNull();
  expect(cudnnMode({ ...LAYER, cell: 'LSTM', recurrentActivation: 'hard_sigmoid' })).toBeNull();
  expect(cudnnMode({ ...LAYER, cell: 'SimpleRNN', activation: 'sigmoid' })).toBeNull();
  expect(cudnnMode({ ...LAYER, cell: 'BookLSTM' })).toBeNull();
});
