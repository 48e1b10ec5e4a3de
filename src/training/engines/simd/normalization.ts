/** The op `normalization` on this engine. */
import * as tf from '@tensorflow/tfjs-core';
import { NORMALIZATION, NORMALIZATION_GRADIENT } from '../../ops/normalization.ts';
import { BACKEND, type SimdBackend } from './backend.ts';
import type { Modules } from './modules.ts';
import { Partials } from './partials.ts';
import type { Task } from './tasks.ts';
import { gradientRows, rowsOf } from './row-copies.ts';
import { Rows, RowsGradient, firstStep } from './rows.ts';

/** Rows of one task. */
const CHUNK = 256;

/** gamma (C), beta (C), ones for the columns that are there (C), in whole panels; the caller frees the address. */
function weightsAt(
  backend: SimdBackend,
  { stride, columns }: Rows,
  gamma: tf.TensorInfo,
  beta?: tf.TensorInfo,
): number {
  const address = backend.arena.allocate(3 * stride * 4);
  const to = backend.arena.floats(address, 3 * stride).fill(0);
  to.set(backend.values(gamma));
  if (beta) to.set(backend.values(beta), stride);
  to.fill(1, 2 * stride, 2 * stride + columns);
  return address;
}

/** All steps that are there, in pieces, batch row by batch row. */
function pieces({ batch, steps, prefix }: Rows): { row: number; step: number; count: number }[] {
  return Array.from({ length: batch }, (_, row) => row).flatMap((row) => {
    const first = firstStep(prefix, row);
    return Array.from({ length: Math.ceil((steps - first) / CHUNK) }, (_, i) => {
      const step = first + i * CHUNK;
      return { row, step, count: Math.min(CHUNK, steps - step) };
    });
  });
}

function forward(
  backend: SimdBackend,
  modules: Modules,
  inputs: tf.NamedTensorInfoMap,
  epsilon: number,
): tf.TensorInfo {
  const { arena: memory, pool } = backend;
  const { rows: x, owned } = rowsOf(backend, modules, inputs.x!);
  const address = memory.allocate(x.batch * x.steps * x.stride * 4);
  const y = new Rows(backend, x, { address, spacing: x.steps });
  const weights = weightsAt(backend, x, inputs.gamma!, inputs.beta);
  const { normalize } = modules.normalization(x.columns, epsilon);
  pool.run(
    pieces(x).map(({ row, step, count }): Task => [
      normalize!,
      x.at(row, step),
      y.at(row, step),
      weights,
      count,
    ]),
  );
  memory.free(weights);
  if (owned) x.release();
  return backend.makeLazy([x.batch, x.steps, x.columns], y);
}

/** dx, dGamma, dBeta. */
function backward(
  backend: SimdBackend,
  modules: Modules,
  inputs: tf.NamedTensorInfoMap,
  epsilon: number,
): tf.TensorInfo[] {
  const { arena: memory, pool } = backend;
  const { rows: x, owned } = rowsOf(backend, modules, inputs.x!);
  const { batch, steps, columns, stride } = x;
  const gradient = gradientRows(backend, modules, inputs.dy!, x);
  const dx = new RowsGradient(backend, x, {
    address: memory.allocate(batch * steps * stride * 4),
    spacing: steps,
  });
  const weights = weightsAt(backend, x, inputs.gamma!);
  const runs = pieces(x);
  const sums = new Partials(backend, runs.length, 2 * stride);
  const { normalizeGradient } = modules.normalization(columns, epsilon);
  pool.run(
    runs.map(({ row, step, count }, i): Task => {
      const places = [x, gradient.rows, dx].map((rows) => rows.at(row, step));
      return [normalizeGradient!, ...places, weights, sums.address(i), count];
    }),
  );
  memory.free(weights);
  if (gradient.owned) gradient.rows.release();
  if (owned) x.release();
  const total = sums.sum();
  const vector = (from: number) =>
    backend.makeTensorInfo([columns], 'float32', total.slice(from, from + columns));
  return [backend.makeLazy([batch, steps, columns], dx), vector(0), vector(stride)];
}

export function registerNormalization(modules: Modules): void {
  tf.registerKernel({
    kernelName: NORMALIZATION,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend, attrs }) =>
      forward(backend as SimdBackend, modules, inputs, Number(attrs?.epsilon)),
  });
  tf.registerKernel({
    kernelName: NORMALIZATION_GRADIENT,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend, attrs }) =>
      backward(backend as SimdBackend, modules, inputs, Number(attrs?.epsilon)),
  });
}
