/** The gradient of an embedding's table from that of its output, where every step has a gradient of its own. */
import type * as tf from '@tensorflow/tfjs-core';
import type { SimdBackend } from './backend.ts';
import { TokenGradient } from './embedding.ts';
import type { Modules } from './modules.ts';
import { gradientRows } from './row-copies.ts';
import { TokenPlaces } from './token-places.ts';

/** Sums the rows of dy (B, T, E) by token, in the order of their places. `ids` (B, T), `table` (V, E). */
export function sumByToken(
  backend: SimdBackend,
  modules: Modules,
  dy: tf.TensorInfo,
  ids: tf.TensorInfo,
  table: tf.TensorInfo,
): TokenGradient {
  const [batch, steps] = ids.shape as [number, number];
  const [vocabulary, columns] = table.shape as [number, number];
  const { rows, owned } = gradientRows(backend, modules, dy, { batch, steps, columns, prefix: null });
  const { spacing, stride } = rows;
  const sources = new Int32Array(batch * spacing).fill(-1);
  for (let row = 0; row < batch; row++)
    for (let step = 0; step < steps; step++) sources[row * spacing + step] = row * steps + step;
  const places = new TokenPlaces(backend, modules, sources, backend.address(ids), vocabulary);
  const address = places.sums(rows.address, stride, stride);
  places.release();
  if (owned) rows.release();
  const { tokens } = places;
  return new TokenGradient(backend.arena, { tokens, address, stride, columns }, (at) => ({
    rows: vocabulary,
    at,
  }));
}
