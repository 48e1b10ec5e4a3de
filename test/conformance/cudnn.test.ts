/** Weights on their way to cuDNN and back in TensorFlow's own operations, which are the same on the processor. */
import * as tf from '@tensorflow/tfjs-core';
import { describe, expect, it } from 'vitest';
import { fromCudnn, toCudnn, tryCudnn } from '../../src/training/engines/tensorflow/cudnn.ts';
import { Eager } from '../../src/training/engines/tensorflow/eager.ts';
import type { NodeBackend } from '../../src/training/engines/tensorflow/library.ts';
import { cudnnPieces } from '../../src/training/engines/tensorflow/cudnn-layout.ts';
import { KERAS_PARAMETERS } from './cudnn_parameters.ts';
import { ENGINES_HERE, startEngine } from './engines.ts';

const MODES = [
  ...KERAS_PARAMETERS,
  // Keras has no such layer on cuDNN.
  { mode: 'rnn_tanh', inputs: 3, units: 2, values: [0, 2, 4, 1, 3, 5, 100, 102, 101, 103, 0, 0, 200, 201] },
] as const;

describe.runIf(ENGINES_HERE.includes('tensorflow'))('cuDNN on tensorflow', () => {
  it.each(MODES)(
    'gets the weights as Keras hands them over, and gives them back: $mode',
    async ({ mode, inputs: D, units: U, values: expected }) => {
      const stop = await startEngine('tensorflow');
      const eager = new Eager(tf.backend() as unknown as NodeBackend);
      const N = (cudnnPieces(mode, D, U).length / 4) * U;
      const numbered = (from: number, length: number) => Float32Array.from({ length }, (_, i) => from + i);
      const values = {
        kernel: numbered(0, D * N),
        recurrentKernel: numbered(100, U * N),
        bias: numbered(200, mode === 'gru' ? 2 * N : N),
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
      expect([...params]).toEqual(expected);
      expect(back).toEqual(values);
      await stop();
    },
  );

  it('is not taken where TensorFlow has no kernel for it', async () => {
    const stop = await startEngine('tensorflow');
    const backend = tf.backend() as unknown as NodeBackend;
    if (!backend.binding.isUsingGpuDevice()) {
      const { modes, reason } = tryCudnn(new Eager(backend));
      expect([...modes]).toEqual([]);
      expect(reason).toMatch(/^lstm: .*(CudnnRNN|OpKernel)/);
    }
    await stop();
  });
});
