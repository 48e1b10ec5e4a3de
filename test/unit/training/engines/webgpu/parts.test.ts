/** Batches whose tensors are too large for one piece of a device's memory, trained on in parts. In software in CI. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Engine } from '../../../../../src/training/engines/engine.ts';
import { chooseEngine } from '../../../../../src/training/engines/index.ts';
import { RECURRENT } from '../../../../../src/training/ops/recurrent.ts';
import { ENGINES_HERE, TOLERANCES } from '../../../../conformance/engines.ts';
import { randomOutputGradient, randomProblem } from '../../../../conformance/recurrent_problems.ts';
import { relativeError } from '../../../../conformance/relative_error.ts';
import { runFloat64, runRecurrent } from '../../../../conformance/run_recurrent.ts';

const [B, T, D, U] = [7, 5, 2, 4];

describe.runIf(ENGINES_HERE.includes('webgpu'))('a batch too large for a piece of memory', () => {
  let engine: Engine;
  beforeEach(async () => {
    engine = await chooseEngine('webgpu');
    await engine.start({ threads: 1 });
  });
  afterEach(async () => {
    vi.restoreAllMocks();
    await engine.stop();
  });

  it.each([
    { attributes: { cell: 'LSTM', units: U }, kept: 6 },
    { attributes: { cell: 'GRU', units: U, returnSequences: true }, kept: 5, mask: 'holes' },
    { attributes: { cell: 'BookLSTM', units: U }, kept: 6, mask: 'prefix' },
  ] as const)(
    'goes through in parts, with the gradients of the whole: $attributes',
    async ({ kept, ...shape }) => {
      const { limits } = (tf.backend() as unknown as { device: GPUDevice }).device;
      // Room for what backward needs of three rows.
      const most = 4 * T * kept * U * 3;
      vi.spyOn(limits, 'maxStorageBufferBindingSize', 'get').mockReturnValue(most);
      const run = vi.spyOn(tf.engine(), 'runKernel');
      const problem = randomProblem({ ...shape, B, T, D });
      const dOutput = randomOutputGradient(problem);
      const found = await runRecurrent(problem, dOutput);
      expect(run.mock.calls.filter(([name]) => name === RECURRENT).length).toBeGreaterThan(3);
      const wanted = runFloat64(problem, dOutput);
      expect(relativeError(found.output, wanted.output)).toBeLessThanOrEqual(TOLERANCES.webgpu.forward);
      expect(found.evaluated).toEqual(found.output);
      for (const [name, gradient] of Object.entries(wanted.gradients))
        expect(relativeError(found.gradients[name]!, gradient), name).toBeLessThanOrEqual(
          TOLERANCES.webgpu.gradient,
        );
    },
  );
});
