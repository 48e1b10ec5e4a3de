/** Rows of tensors in the device's memory: parts of a batch that is too large for one piece of it. */
import * as tf from '@tensorflow/tfjs-core';
import { BACKEND, type GpuBackend } from './backend.ts';

/** Rows from `begin` on, so many. */
export function sliceRows(backend: GpuBackend, x: tf.TensorInfo, begin: number, rows: number): tf.TensorInfo {
  const rest = x.shape.slice(1);
  const attrs = { begin: [begin, ...rest.map(() => 0)], size: [rows, ...rest] };
  return tf.getKernel('Slice', BACKEND).kernelFunc({ inputs: { x }, backend, attrs }) as tf.TensorInfo;
}

/** Tensors one below the other; they are freed. */
export function joinRows(backend: GpuBackend, parts: readonly tf.TensorInfo[]): tf.TensorInfo {
  const { kernelFunc } = tf.getKernel('Concat', BACKEND);
  const joined = kernelFunc({
    inputs: parts as unknown as tf.NamedTensorInfoMap,
    backend,
    attrs: { axis: 0 },
  }) as tf.TensorInfo;
  for (const { dataId } of parts) backend.disposeData(dataId);
  return joined;
}
