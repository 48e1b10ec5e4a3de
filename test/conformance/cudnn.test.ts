/** Weights on their way to cuDNN and back in TensorFlow's own operations, which are the same on the processor. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { agreesWithSteps, fromCudnn, toCudnn } from '../../src/training/engines/tensorflow/cudnn.ts';
import { Eager } from '../../src/training/engines/tensorflow/eager.ts';
import type { NodeBackend } from '../../src/training/engines/tensorflow/library.ts';
import { cudnnPieces, type CudnnMode } from '../../src/training/engines/tensorflow/cudnn-layout.ts';
import { ENGINES_HERE, startEngine } from './engines.ts';

const [D, U] = [3, 4];
const modes: readonly [CudnnMode, number][] = [
  ['lstm', 4],
  ['gru', 3],
  ['rnn_tanh', 1],
];

describe.runIf(ENGINES_HERE.includes('tensorflow'))('cuDNN on tensorflow', () => {
  it.each(modes)('gets the weights in its own order and gives them back: %s', async (mode, gates) => {
    const stop = await startEngine('tensorflow');
    const eager = new Eager(tf.backend() as unknown as NodeBackend);
    const N = gates * U;
    const numbered = (from: number, length: number) => Float32Array.from({ length }, (_, i) => from + i);
    const values = {
      kernel: numbered(0, D * N),
      recurrentKernel: numbered(1000, U * N),
      bias: numbered(2000, mode === 'gru' ? 2 * N : N),
    };
    const [params, back] = eager.scope(() => {
      const handle = toCudnn(eager, mode, [D, U], {
        kernel: eager.floats([D, N], values.kernel),
        recurrentKernel: eager.floats([U, N], values.recurrentKernel),
        bias: eager.floats(mode === 'gru' ? [2, N] : [N], values.bias),
      });
      const weights = fromCudnn(eager, mode, [D, U], handle);
      const read = Object.entries(weights).map(([name, weight]) => [name, eager.read(weight)]);
      return { result: [eager.read(handle), Object.fromEntries(read) as typeof values], keep: [] };
    });
    expect(back).toEqual(values);
    let at = 0;
    for (const { of, gate, size } of cudnnPieces(mode, D, U)) {
      // The second number of a gate's matrix, transposed, is of the next input and the same unit.
      const [first, second] = [params[at]!, params[at + 1]!];
      if (of === 'kernel') expect([first, second]).toEqual([gate * U, gate * U + N]);
      if (of === 'recurrentKernel') expect([first, second]).toEqual([1000 + gate * U, 1000 + gate * U + N]);
      if (of === 'recurrentBias') expect(first).toBe(2000 + (mode === 'gru' ? N : 0) + gate * U);
      at += size;
    }
    expect(params).toHaveLength(at);
    await stop();
  });

  it('is not taken where TensorFlow has no kernel for it', async () => {
    const stop = await startEngine('tensorflow');
    const backend = tf.backend() as unknown as NodeBackend;
    if (!backend.binding.isUsingGpuDevice()) expect(agreesWithSteps(new Eager(backend))).toBe(false);
    await stop();
  });
});
