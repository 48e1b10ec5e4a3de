/** The op `embedding` on this engine. Letters: V vocabulary, E columns, n places. */
import * as tf from '@tensorflow/tfjs-core';
import { EMBEDDING, EMBEDDING_GRADIENT } from '../../ops/embedding.ts';
import { BACKEND, type GpuBackend } from './backend.ts';
import { GATHER, PIECE, SUM_IDS, SUM_PIECES } from './kernels/embedding.ts';

/** Places sorted by id, cut into pieces of one id each. */
interface SortedPlaces {
  /** (n): places, those of id 0 first; within an id in order. */
  places: Int32Array;
  /** Where each piece begins in `places`, and the end. */
  starts: Int32Array;
  /** (V + 1): the first piece of each id, and their number. */
  pieceOf: Int32Array;
}

/** Sorts the places of ids in [0, V) by counting. */
function sortPlaces(ids: Int32Array, V: number): SortedPlaces {
  const first = new Int32Array(V + 1);
  for (const id of ids) first[id + 1]!++;
  const pieceOf = new Int32Array(V + 1);
  for (let id = 0; id < V; id++) {
    pieceOf[id + 1] = pieceOf[id]! + Math.ceil(first[id + 1]! / PIECE);
    first[id + 1]! += first[id]!;
  }
  const starts = new Int32Array(pieceOf[V]! + 1);
  for (let id = 0; id < V; id++)
    for (let piece = pieceOf[id]!; piece < pieceOf[id + 1]!; piece++)
      starts[piece] = first[id]! + (piece - pieceOf[id]!) * PIECE;
  starts[pieceOf[V]!] = ids.length;
  const places = new Int32Array(ids.length);
  ids.forEach((id, place) => (places[first[id]!++] = place));
  return { places, starts, pieceOf };
}

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
  const sorted = sortPlaces(backend.integers(ids)!, V);
  const upload = (values: Int32Array) => backend.makeTensorInfo([values.length], 'int32', values);
  const [places, starts, pieceOf] = [sorted.places, sorted.starts, sorted.pieceOf].map(upload) as Triple;
  const count = sorted.starts.length - 1;
  const pieces = backend.empty(count, E);
  backend.runOver(SUM_PIECES, [dy, places, starts, pieces], [pieces], count * E, E);
  const gradient = backend.empty(V, E);
  backend.runOver(SUM_IDS, [pieces, pieceOf, gradient], [gradient], V * E, E);
  for (const { dataId } of [places, starts, pieceOf, pieces]) backend.disposeData(dataId);
  return gradient;
}

type Triple = [tf.TensorInfo, tf.TensorInfo, tf.TensorInfo];

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
