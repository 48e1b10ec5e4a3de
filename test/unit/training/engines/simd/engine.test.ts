import * as tf from '@tensorflow/tfjs-core';
import { afterEach, describe, expect, it } from 'vitest';
import { optimizerSchema, type OptimizerConfig } from '../../../../../src/shared/training.ts';
import { simdEngine } from '../../../../../src/training/engines/simd/index.ts';
import { GATES } from '../../../../../src/training/ops/cells.ts';
import { embedding } from '../../../../../src/training/ops/embedding.ts';
import { recurrent, type Cell, type RecurrentAttributes } from '../../../../../src/training/ops/recurrent.ts';
import { slotNames, update } from '../../../../../src/training/ops/update.ts';

afterEach(() => simdEngine.stop());

const [B, T, V, E, U] = [70, 30, 40, 8, 12];

/** Numbers between -1 and 1 that depend on their place alone. */
const spread = (shape: number[], scale: number, salt: number) =>
  tf.tensor(
    Array.from({ length: tf.util.sizeFromShape(shape) }, (_, i) => scale * Math.sin(salt + i * 12.9898)),
    shape,
  );

function sequences(): tf.Tensor2D {
  const ids = new Int32Array(B * T);
  for (let row = 0; row < B; row++) {
    for (let t = (row * 7) % T; t < T; t++) ids[row * T + t] = 1 + ((row * 31 + t * 17) % (V - 1));
  }
  return tf.tensor2d(ids, [B, T], 'int32');
}

type Weights = [tf.Variable, tf.Variable, tf.Variable, tf.Variable, tf.Variable?];

/** Trains an embedding and a recurrent layer for some steps; gives the weights and how tensors and memory grew. */
function train(cell: Cell, config: OptimizerConfig, steps: number) {
  const gates = GATES[cell];
  const ids = sequences();
  const initial = [
    spread([V, E], 0.5, 1),
    spread([E, gates * U], 0.4, 2),
    spread([U, gates * U], 0.3, 3),
    spread(cell === 'GRU' ? [2, gates * U] : [gates * U], 0.1, 4),
    ...(cell === 'BookLSTM' ? [spread([U, U], 0.3, 5)] : []),
  ];
  const weights = initial.map((value) => tf.variable(value));
  const slots = weights.map(({ shape }) => slotNames(config).map(() => tf.variable(tf.zeros(shape))));
  const attributes: RecurrentAttributes = {
    ...{ cell, units: U, activation: 'tanh', recurrentActivation: 'sigmoid', returnSequences: false },
    ...{ goBackwards: false, resetAfter: true, outputSees: 'old' },
  };
  const [table, kernel, recurrentKernel, bias, carryKernel] = weights as Weights;
  const tensors: number[] = [];
  for (let iteration = 0; iteration < steps; iteration++) {
    const { value, grads } = tf.variableGrads(() => {
      const x = embedding(table as unknown as tf.Tensor2D, ids);
      const layer = { x, kernel, recurrentKernel, bias, carryKernel: carryKernel ?? null, mask: null };
      return tf.mean(tf.square(tf.sub(recurrent(layer as never, attributes), 0.3)));
    });
    const targets = weights.map((variable, i) => ({
      variable,
      gradient: grads[variable.name]!,
      gradientScale: 1,
      slots: slots[i]!,
    }));
    update(config, targets, { learningRate: 0.01, iteration });
    tf.dispose([value, grads]);
    tensors.push(tf.memory().numTensors);
  }
  return {
    weights: weights.map((weight) => weight.dataSync().slice() as Float32Array),
    tensors,
    bytes: simdEngine.peakBytes!(),
  };
}

const bytesOf = (arrays: Float32Array[]) =>
  Buffer.concat(arrays.map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength)));
const rmsprop = optimizerSchema.parse({ name: 'rmsprop' });

describe('engine simd', () => {
  it.each(['SimpleRNN', 'LSTM', 'GRU', 'BookLSTM'] as const)(
    'trains %s to the same bits on one thread and on two',
    async (cell) => {
      await simdEngine.start({ threads: 1 });
      const one = train(cell, rmsprop, 5);
      await simdEngine.stop();
      const { threads } = await simdEngine.start({ threads: 2 });
      const two = train(cell, rmsprop, 5);
      expect(bytesOf(two.weights).equals(bytesOf(one.weights))).toBe(true);
      if (threads < 2) console.warn('This machine has one core: threads were not compared.');
    },
  );

  it.each([
    { name: 'rmsprop' },
    { name: 'rmsprop', momentum: 0.5, centered: true },
    { name: 'adam' },
    { name: 'sgd' },
    { name: 'sgd', momentum: 0.9, nesterov: true },
  ])('updates as plain tfjs ops do: %o', async (settings) => {
    const config = optimizerSchema.parse(settings);
    await simdEngine.start({ threads: 2 });
    const fast = train('SimpleRNN', config, 3);
    await simdEngine.stop();
    await tf.setBackend('cpu');
    const plain = train('SimpleRNN', config, 3);
    fast.weights.forEach((weight, i) => {
      const largest = Math.max(...plain.weights[i]!.map(Math.abs));
      weight.forEach((value, j) =>
        expect(Math.abs(value - plain.weights[i]![j]!) / largest).toBeLessThan(2e-5),
      );
    });
  });

  it('keeps no tensor and no memory from step to step', async () => {
    await simdEngine.start({ threads: 2 });
    const { tensors } = train('LSTM', rmsprop, 4);
    expect(tensors[3]).toBe(tensors[0]);
    const after = simdEngine.peakBytes!();
    train('LSTM', rmsprop, 10);
    expect(simdEngine.peakBytes!()).toBeLessThan(after * 1.2);
  });
});
