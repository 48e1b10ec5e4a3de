/** The op `sequences` on this engine. */
import * as tf from '@tensorflow/tfjs-core';
import { GATHER_SEQUENCES, keepSequences } from '../../ops/sequences.ts';
import type { GatherAttributes } from '../../ops/sequences.ts';
import { BACKEND, type GpuBackend } from './backend.ts';
import { GATHER } from './kernels/sequences.ts';

/**
 * Examples that are kept with the device: 67 million ids, of which IMDB has 6. Little to a graphics card; WebGPU tells of none how
 * much it has.
 */
const MOST_BYTES = 2 ** 28;

function gather(
  backend: GpuBackend,
  inputs: tf.NamedTensorInfoMap,
  attributes: GatherAttributes,
): tf.TensorInfo {
  const { values, offsets, order } = inputs as Record<'values' | 'offsets' | 'order', tf.TensorInfo>;
  const { from, rows, length, padding } = attributes;
  const out = backend.makeTensorInfo([rows, length], values.dtype);
  const tensors = [values, offsets, order, out];
  backend.runOver(GATHER, tensors, [out], rows * length, from, length, padding === 'post' ? 1 : 0);
  return out;
}

export function registerSequences(): void {
  keepSequences(BACKEND, () => {
    const { maxStorageBufferBindingSize } = (tf.backend() as GpuBackend).device.limits;
    return Math.min(MOST_BYTES, maxStorageBufferBindingSize);
  });
  tf.registerKernel({
    kernelName: GATHER_SEQUENCES,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend, attrs }) =>
      gather(
        backend as GpuBackend,
        inputs as unknown as tf.NamedTensorInfoMap,
        attrs as unknown as GatherAttributes,
      ),
  });
}
