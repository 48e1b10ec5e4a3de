/** The op `dropout` on this engine: the same draws as everywhere, by all threads. */
import * as tf from '@tensorflow/tfjs-core';
import { DROPOUT, keptFactor, type DropoutAttributes } from '../../ops/dropout.ts';
import { RandomStream } from '../../random.ts';
import { BACKEND, type SimdBackend } from './backend.ts';
import { DRAWN } from './kernels/dropout.ts';
import type { Modules } from './modules.ts';
import type { Task } from './tasks.ts';

/** Numbers that make one task, a multiple of those drawn at once. */
const CHUNK = 32768;
/** Words that one counter gives. */
const WORDS = 4;

function drop(simd: SimdBackend, modules: Modules, x: tf.TensorInfo, of: DropoutAttributes): tf.TensorInfo {
  const from = simd.address(x);
  const { info, address: to } = simd.makeResident([...x.shape]);
  const size = tf.util.sizeFromShape(x.shape);
  const whole = size - (size % DRAWN);
  const kept = simd.arena.allocate(4);
  simd.arena.f32[kept / 4] = keptFactor(of.rate);
  const threshold = Math.ceil(of.rate * 2 ** 32);
  const kernel = modules.dropout();
  simd.pool.run(
    Array.from({ length: Math.ceil(whole / CHUNK) }, (_, i): Task => {
      const first = i * CHUNK;
      const count = Math.min(CHUNK, whole - first);
      const { a, b, seed, purpose } = of;
      return [
        kernel,
        from + first * 4,
        to + first * 4,
        count,
        first / WORDS,
        a,
        b,
        seed,
        purpose,
        threshold,
        kept,
      ];
    }),
  );
  simd.arena.free(kept);
  dropRest(simd, from, to, whole, size, of);
  return info;
}

/** The last numbers, fewer than are drawn at once. */
function dropRest(
  { arena: { f32 } }: SimdBackend,
  from: number,
  to: number,
  first: number,
  end: number,
  of: DropoutAttributes,
): void {
  const random = RandomStream.of(of, first);
  const kept = Math.fround(keptFactor(of.rate));
  for (let i = first; i < end; i++)
    f32[to / 4 + i] = f32[from / 4 + i]! * (random.uniform() < of.rate ? 0 : kept);
}

export function registerDropout(modules: Modules): void {
  tf.registerKernel({
    kernelName: DROPOUT,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend, attrs }) =>
      drop(backend as SimdBackend, modules, inputs.x!, attrs as unknown as DropoutAttributes),
  });
}
