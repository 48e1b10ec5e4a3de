/** The ops `globalMaxPooling` and `globalAveragePooling` on this engine. */
import * as tf from '@tensorflow/tfjs-core';
import {
  GLOBAL_AVERAGE,
  GLOBAL_AVERAGE_GRADIENT,
  GLOBAL_MAX,
  GLOBAL_MAX_GRADIENT,
} from '../../ops/global-pooling.ts';
import { BACKEND, type SimdBackend } from './backend.ts';
import { padded } from './matrix.ts';
import type { Modules } from './modules.ts';
import type { Task } from './tasks.ts';
import { rowsOf } from './row-copies.ts';
import { RowsGradient, type Rows } from './rows.ts';

type Inputs = tf.NamedTensorInfoMap;

/** Rows (B, C) in whole panels from a tensor (B, D); the caller frees the address. */
function panels(backend: SimdBackend, tensor: tf.TensorInfo, stride: number): number {
  const [batch, columns] = tensor.shape as [number, number];
  const values = backend.values(tensor) as Float32Array;
  const address = backend.arena.allocate(batch * stride * 4);
  const to = backend.arena.floats(address, batch * stride).fill(0);
  for (let row = 0; row < batch; row++)
    to.set(values.subarray(row * columns, (row + 1) * columns), row * stride);
  return address;
}

/** A tensor (B, D) from rows in whole panels, which are freed. */
function compact(backend: SimdBackend, address: number, { batch, columns, stride }: Rows): tf.TensorInfo {
  const values = new Float32Array(batch * columns);
  const rows = backend.arena.floats(address, batch * stride);
  for (let row = 0; row < batch; row++)
    values.set(rows.subarray(row * stride, row * stride + columns), row * columns);
  backend.arena.free(address);
  return backend.makeTensorInfo([batch, columns], 'float32', values);
}

/** The share of each step in the mean; the caller frees the address. */
function shares(backend: SimdBackend, batch: number, steps: number, mask: tf.TensorInfo): number {
  const address = backend.arena.allocate(batch * steps * 4);
  const to = backend.arena.floats(address, batch * steps);
  const real = backend.values(mask);
  for (let from = 0; from < batch * steps; from += steps) {
    let count = 0;
    for (let at = from; at < from + steps; at++) count += real[at] ? 1 : 0;
    for (let at = from; at < from + steps; at++) to[at] = (real[at] ? 1 : 0) / count;
  }
  return address;
}

/** Runs `task` for every batch row of x, all of whose steps are made present. */
function forward(
  backend: SimdBackend,
  modules: Modules,
  x: tf.TensorInfo,
  task: (rows: Rows, row: number, to: number) => Task,
): tf.TensorInfo {
  const { rows, owned } = rowsOf(backend, modules, x);
  rows.fill(() => 0);
  const y = backend.arena.allocate(rows.batch * rows.stride * 4);
  backend.pool.run(
    Array.from({ length: rows.batch }, (_, row) => task(rows, row, y + row * rows.stride * 4)),
  );
  if (owned) rows.release();
  return compact(backend, y, rows);
}

function backward(
  backend: SimdBackend,
  modules: Modules,
  inputs: Inputs,
  task: (rows: Rows, row: number, dy: number, to: number) => Task,
): tf.TensorInfo {
  const { rows, owned } = rowsOf(backend, modules, inputs.x!);
  const { batch, steps, columns, stride, prefix } = rows;
  const dy = panels(backend, inputs.dy!, stride);
  const address = backend.arena.allocate(batch * steps * stride * 4);
  const dx = new RowsGradient(backend, { batch, steps, columns, prefix }, { address, spacing: steps });
  backend.pool.run(
    Array.from({ length: batch }, (_, row) => task(rows, row, dy + row * stride * 4, dx.at(row, 0))),
  );
  backend.arena.free(dy);
  dx.fold(() => 0);
  if (owned) rows.release();
  return backend.makeLazy([batch, steps, columns], dx);
}

export function registerGlobalPooling(modules: Modules): void {
  const register = (kernelName: string, run: (backend: SimdBackend, inputs: Inputs) => tf.TensorInfo) =>
    tf.registerKernel({
      kernelName,
      backendName: BACKEND,
      kernelFunc: ({ inputs, backend }) => run(backend as SimdBackend, inputs),
    });
  const kernels = (rows: Rows) => modules.globalPooling(rows.stride);

  register(GLOBAL_MAX, (backend, { x }) =>
    forward(backend, modules, x!, (rows, row, to) => [
      kernels(rows).largest!,
      rows.at(row, 0),
      to,
      rows.steps,
    ]),
  );
  register(GLOBAL_MAX_GRADIENT, (backend, inputs) => {
    const stride = padded(inputs.x!.shape[2]!);
    const y = panels(backend, inputs.y!, stride);
    const dx = backward(backend, modules, inputs, (rows, row, dy, to) => {
      const places = [rows.at(row, 0), y + row * stride * 4, dy, to] as const;
      return [kernels(rows).largestGradient!, ...places, rows.steps];
    });
    backend.arena.free(y);
    return dx;
  });
  const withShares = (
    backend: SimdBackend,
    { x, mask }: Inputs,
    run: (at: (row: number) => number) => tf.TensorInfo,
  ) => {
    const [batch, steps] = x!.shape as [number, number];
    const weights = shares(backend, batch, steps, mask!);
    const result = run((row) => weights + row * steps * 4);
    backend.arena.free(weights);
    return result;
  };
  register(GLOBAL_AVERAGE, (backend, inputs) =>
    withShares(backend, inputs, (weights) =>
      forward(backend, modules, inputs.x!, (rows, row, to) => {
        return [kernels(rows).weightedSum!, rows.at(row, 0), weights(row), to, rows.steps];
      }),
    ),
  );
  register(GLOBAL_AVERAGE_GRADIENT, (backend, inputs) =>
    withShares(backend, inputs, (weights) =>
      backward(backend, modules, inputs, (rows, row, dy, to) => {
        return [kernels(rows).weightedSumGradient!, dy, weights(row), to, rows.steps];
      }),
    ),
  );
}
