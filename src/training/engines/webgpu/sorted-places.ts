/** The places of each id of a batch, found by the device: see kernels/sort.ts. */
import * as tf from '@tensorflow/tfjs-core';
import type { GpuBackend } from './backend.ts';
import { BEGIN, BLOCK, DIGITS, FIRSTS, count, move } from './kernels/sort.ts';

interface SortedPlaces {
  /** (n): places, those of id 0 first; within an id in order. */
  places: tf.TensorInfo;
  /** (V + 1): where those of each id begin, and the end. */
  firsts: tf.TensorInfo;
}

/** Sorts the places of ids in [0, V). The caller frees both. */
export function sortPlaces(backend: GpuBackend, ids: tf.TensorInfo, V: number): SortedPlaces {
  const n = tf.util.sizeFromShape(ids.shape);
  const blocks = Math.ceil(n / BLOCK);
  const counts = backend.makeTensorInfo([blocks * DIGITS], 'int32');
  let places: tf.TensorInfo | null = null;
  let shift = 0;
  do {
    const moved = backend.makeTensorInfo([n], 'int32');
    const sizes = [n, shift, blocks];
    const sorted = places ? [ids, places] : [ids];
    backend.run(count(!places), [...sorted, counts], [counts], sizes, [blocks]);
    backend.run(BEGIN, [counts], [counts], sizes, [1]);
    backend.run(move(!places), [...sorted, counts, moved], [moved], sizes, [blocks]);
    if (places) backend.disposeData(places.dataId);
    places = moved;
    shift += Math.log2(DIGITS);
  } while (V > 2 ** shift);
  backend.disposeData(counts.dataId);
  const firsts = backend.makeTensorInfo([V + 1], 'int32');
  backend.runOver(FIRSTS, [ids, places, firsts], [firsts], V + 1, n);
  return { places, firsts };
}
