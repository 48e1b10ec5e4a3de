/** The gradient of a recurrent layer's output sequence, in the rows of the layer's plan. */
import type * as tf from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend.ts';
import { padded } from './matrix.ts';
import type { Modules } from './modules.ts';
import type { Plan } from './plan.ts';
import { gradientInPlan } from './row-copies.ts';
import { SequenceGradient } from './sequences.ts';

/**
 * `dy` (B, T, U) by row; the gradients of all steps that showed one state are summed.
 * @returns the rows' address, and whether they are the caller's to free
 */
export function outputGradient(
  backend: SimdBackend,
  modules: Modules,
  dy: tf.TensorInfo,
  plan: Plan,
  units: number,
): { address: number; owned: boolean } {
  const known = backend.lazyOf(dy, SequenceGradient);
  if (known?.plan === plan) return { address: known.address, owned: false };
  const inPlan = gradientInPlan(backend, modules, dy, plan);
  if (inPlan !== null) return { address: inPlan, owned: true };
  const stride = padded(units);
  const address = backend.arena.allocate(plan.rows * stride * 4);
  const sums = backend.arena.floats(address, plan.rows * stride).fill(0);
  const values = backend.values(dy);
  const { sourceSteps } = plan.walk;
  plan.forEachOutput((row, batchRow, from, to) => {
    for (let step = from; step < to; step++) {
      const at = (batchRow * sourceSteps + step) * units;
      for (let u = 0; u < units; u++) sums[row * stride + u]! += values[at + u]!;
    }
  });
  return { address, owned: true };
}
