/** Products and sums over the rows of matrices in the device's memory; see kernels/product.ts. */
import type * as tf from '@tensorflow/tfjs-core';
import type { GpuBackend } from './backend.ts';
import { COLUMN_SUMS, STRETCH, SUM_OF_SLICES, TILE, product } from './kernels/product.ts';

/** A matrix, or a part of a wider one. */
interface Matrix {
  tensor: tf.TensorInfo;
  /** Numbers from one row to the next. */
  stride: number;
  /** Where it begins. */
  offset?: number;
  transposed?: boolean;
}

/** Workgroups that keep a large device busy: a product of fewer tiles is cut into slices, one of more needs none. */
const ENOUGH_GROUPS = 1024;

/** The rows each workgroup sums, and how many such slices there are: at most so many as keep the device busy. */
function slicesOf(length: number, tiles: number): { slice: number; slices: number } {
  const stretches = Math.max(1, Math.ceil(length / STRETCH));
  const wanted = Math.min(stretches, Math.max(1, Math.ceil(ENOUGH_GROUPS / tiles)));
  const slice = STRETCH * Math.ceil(stretches / wanted);
  return { slice, slices: Math.max(1, Math.ceil(length / slice)) };
}

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
  const tiles = [Math.ceil(N / TILE), Math.ceil(M / TILE)] as const;
  const { slice, slices } = bias ? { slice: K, slices: 1 } : slicesOf(K, tiles[0] * tiles[1]);
  const strides = [a.stride, a.offset ?? 0, b.stride, b.offset ?? 0, c.stride, c.offset ?? 0, slices, 0];
  const sizes = [M, N, K, slice, ...strides];
  const form = {
    transposeA: a.transposed ?? false,
    transposeB: b.transposed ?? false,
    bias: bias !== null,
    long: slice > STRETCH,
  };
  const target = slices === 1 ? c.tensor : backend.empty(slices, M, N);
  const tensors = [a.tensor, b.tensor, target, ...(bias ? [bias] : [])];
  backend.run(product(form), tensors, [target], sizes, [...tiles, slices]);
  if (slices > 1) addSlices(backend, target, c, [M, N, slices]);
}

/** The sums of the columns of A (K, N) into a row of N. */
export function sumColumns(
  backend: GpuBackend,
  [K, N]: readonly [number, number],
  a: Matrix,
  to: Matrix,
): void {
  // They take little: a row each.
  const slices = Math.max(1, Math.ceil(K / STRETCH));
  const sizes = [1, N, K, STRETCH, a.stride, a.offset ?? 0, 0, 0, 0, 0, slices, 0];
  const sums = backend.empty(slices, N);
  backend.run(COLUMN_SUMS, [a.tensor, sums], [sums], sizes, [Math.ceil(N / 64), slices]);
  addSlices(backend, sums, to, [1, N, slices]);
}

function addSlices(
  backend: GpuBackend,
  from: tf.TensorInfo,
  { tensor, stride, offset = 0 }: Matrix,
  [M, N, slices]: readonly [number, number, number],
): void {
  backend.runOver(SUM_OF_SLICES, [from, tensor], [tensor], M * N, N, stride, offset, slices);
  backend.disposeData(from.dataId);
}
