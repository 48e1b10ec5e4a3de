/** What weights add to the loss, on this engine: sums of parts, shared among the threads and added up in their order. */
import * as tf from '@tensorflow/tfjs-core';
import { PENALTY, type PenaltyAttributes } from '../../ops/regularizers.ts';
import { BACKEND, type SimdBackend } from './backend.ts';
import type { Modules } from './modules.ts';
import type { Task } from './tasks.ts';

/** Floats that make one task. */
const FLOATS = 16384;
/** Four sums of sizes, four of squares. */
const SUMS = 8;

interface Sums {
  sizes: number;
  squares: number;
}

/** Of all the numbers of a variable. */
function sumsOf(backend: SimdBackend, kernel: number, variable: tf.TensorInfo): Sums {
  const { arena, pool } = backend;
  const at = backend.address(variable);
  const floats = tf.util.sizeFromShape(variable.shape);
  const whole = floats - (floats % 4);
  const parts = Math.ceil(whole / FLOATS);
  const to = arena.allocate(Math.max(1, parts) * SUMS * 4);
  const tasks = Array.from({ length: parts }, (_, part): Task => {
    const first = part * FLOATS;
    return [kernel, at + first * 4, Math.min(FLOATS, whole - first) * 4, to + part * SUMS * 4];
  });
  pool.run(tasks);
  const sums: Sums = { sizes: 0, squares: 0 };
  arena.floats(to, parts * SUMS).forEach((sum, i) => (sums[i % SUMS < 4 ? 'sizes' : 'squares'] += sum));
  arena.free(to);
  for (const w of arena.floats(at, floats).subarray(whole)) {
    sums.sizes += Math.abs(w);
    sums.squares += w * w;
  }
  return sums;
}

export function registerPenalty(modules: Modules): void {
  tf.registerKernel({
    kernelName: PENALTY,
    backendName: BACKEND,
    kernelFunc({ inputs, backend, attrs }) {
      const engine = backend as SimdBackend;
      const { l1, l2 } = attrs as unknown as PenaltyAttributes;
      const added = Object.values(inputs).reduce((sum, variable, i) => {
        const { sizes, squares } = sumsOf(engine, modules.penalty(), variable!);
        return sum + l1[i]! * sizes + l2[i]! * squares;
      }, 0);
      return engine.makeTensorInfo([], 'float32', Float32Array.of(added));
    },
  });
}
