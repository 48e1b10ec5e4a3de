/** Products and sums over the rows of matrices in the device's memory; see kernels/product.ts. */
import type * as tf from '@tensorflow/tfjs-core';
import type { GpuBackend } from './backend.ts';
import { COLUMN_SUMS, SUM_OF_SLICES, TILE, product } from './kernels/product.ts';

/** A matrix, or a part of a wider one. */
interface Matrix {
  tensor: tf.TensorInfo;
  /** Numbers from one row to the next. */
  stride: number;
  /** Where it begins. */
  offset?: number;
  transposed?: boolean;
}

/** The longest sum one workgroup makes: long enough to be worth its start, short enough for float32 to stay exact. */
const SLICE = 1024;
const slicesOf = (length: number): number => Math.max(1, Math.ceil(length / SLICE));

/**
 * C (M, N) = A (M, K) B (K, N), with `bias` (N) added to each row.
 * @param size [M, N, K]
 */
export function multiply(
  backend: GpuBackend,
  size: readonly [number, number, number],
  a: Matrix,
  b: Matrix,
  c: Matrix,
  bias: tf.TensorInfo | null = null,
): void {
  const [M, N, K] = size;
  const slices = bias ? 1 : slicesOf(K);
  const slice = slices === 1 ? K : SLICE;
  const strides = [a.stride, a.offset ?? 0, b.stride, b.offset ?? 0, c.stride, c.offset ?? 0, slices, 0];
  const sizes = [M, N, K, slice, ...strides];
  const form = { transposeA: a.transposed ?? false, transposeB: b.transposed ?? false, bias: bias !== null };
  const target = slices === 1 ? c.tensor : backend.empty(slices, M, N);
  const tensors = [a.tensor, b.tensor, target, ...(bias ? [bias] : [])];
  const groups = [Math.ceil(N / TILE), Math.ceil(M / TILE), slices] as const;
  backend.run(product(form), tensors, [target], sizes, groups);
  if (slices > 1) addSlices(backend, target, c.tensor, sizes);
}

/** The sums of the columns of A (K, N) into a row of N. */
export function sumColumns(
  backend: GpuBackend,
  [K, N]: readonly [number, number],
  a: Matrix,
  to: Matrix,
): void {
  const slices = slicesOf(K);
  const sizes = [1, N, K, SLICE, a.stride, a.offset ?? 0, 0, 0, to.stride, to.offset ?? 0, slices, 0];
  const sums = backend.empty(slices, N);
  backend.run(COLUMN_SUMS, [a.tensor, sums], [sums], sizes, [Math.ceil(N / 64), slices]);
  addSlices(backend, sums, to.tensor, sizes);
}

function addSlices(
  backend: GpuBackend,
  slices: tf.TensorInfo,
  to: tf.TensorInfo,
  sizes: readonly number[],
): void {
  const [M, N] = sizes as [number, number];
  backend.run(SUM_OF_SLICES, [slices, to], [to], sizes, [Math.ceil((M * N) / 64)]);
  backend.disposeData(slices.dataId);
}
