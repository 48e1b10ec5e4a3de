/** The op `embedding` on this engine. Letters: V vocabulary, E columns, n places. */
import * as tf from '@tensorflow/tfjs-core';
import { EMBEDDING, EMBEDDING_GRADIENT } from '../../ops/embedding.ts';
import { BACKEND, type GpuBackend } from './backend.ts';
import { GATHER, PIECE, SUM_IDS, SUM_PIECES } from './kernels/embedding.ts';
import { sortPlaces } from './sorted-places.ts';

function gather(backend: GpuBackend, table: tf.TensorInfo, ids: tf.TensorInfo): tf.TensorInfo {
  const E = table.shape[1]!;
  const out = backend.empty(...ids.shape, E);
  backend.runOver(GATHER, [table, ids, out], [out], tf.util.sizeFromShape(out.shape), E);
  return out;
}

function tableGradient(
  backend: GpuBackend,
  dy: tf.TensorInfo,
  ids: tf.TensorInfo,
  [V, E]: readonly [number, number],
): tf.TensorInfo {
  const { places, firsts } = sortPlaces(backend, ids, V);
  const whole = Math.floor(tf.util.sizeFromShape(ids.shape) / PIECE);
  const pieces = backend.empty(Math.max(1, whole), E);
  if (whole > 0) backend.runOver(SUM_PIECES, [dy, ids, places, pieces], [pieces], whole * E, E);
  const gradient = backend.empty(V, E);
  backend.runOver(SUM_IDS, [dy, places, firsts, pieces, gradient], [gradient], V * E, E);
  for (const { dataId } of [places, firsts, pieces]) backend.disposeData(dataId);
  return gradient;
}

export function registerEmbedding(): void {
  tf.registerKernel({
    kernelName: EMBEDDING,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend }) => gather(backend as GpuBackend, inputs.table!, inputs.ids!),
  });
  tf.registerKernel({
    kernelName: EMBEDDING_GRADIENT,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend }) => {
      const { dy, ids, table } = inputs as Record<'dy' | 'ids' | 'table', tf.TensorInfo>;
      return tableGradient(backend as GpuBackend, dy, ids, table.shape as [number, number]);
    },
  });
}
