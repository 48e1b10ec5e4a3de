/**
 * Whole numbers and truth values to float32. tfjs-backend-webgpu 4.22 only relabels them: the buffer keeps its integers, and
 * kernels that copy values as they are (a transposition, so a sum over time) do not compile for it.
 */
import * as tf from '@tensorflow/tfjs-core';
import { BACKEND, type GpuBackend } from './backend.ts';
import { each } from './kernels/each.ts';

const CONVERT = each(
  'cast to float32',
  { arrays: ['read> x: array<i32>', 'read_write> y: array<f32>'] },
  '  y[at] = f32(x[at]);',
);

function converted(backend: GpuBackend, x: tf.TensorInfo): tf.TensorInfo {
  const y = backend.empty(...x.shape);
  backend.runOver(CONVERT, [x, y], [y], tf.util.sizeFromShape(x.shape));
  return y;
}

export function registerCast(): void {
  const { kernelFunc } = tf.getKernel('Cast', BACKEND);
  tf.unregisterKernel('Cast', BACKEND);
  tf.registerKernel({
    kernelName: 'Cast',
    backendName: BACKEND,
    kernelFunc: (call) => {
      const { x } = call.inputs as { x: tf.TensorInfo };
      const whole = x.dtype === 'int32' || x.dtype === 'bool';
      const isConversion = whole && call.attrs?.['dtype'] === 'float32';
      return isConversion ? converted(call.backend as GpuBackend, x) : kernelFunc(call);
    },
  });
}
