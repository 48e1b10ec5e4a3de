/**
 * Whole numbers and truth values to float32. tfjs-backend-webgpu 4.22 only relabels them: the buffer keeps its integers, and
 * kernels that copy values as they are (a transposition, so a sum over time) do not compile for it.
 */
import * as tf from '@tensorflow/tfjs-core';
import { BACKEND, type GpuBackend, type Shader } from './backend.ts';

const CONVERT: Shader = {
  name: 'cast to float32',
  code: `
struct Sizes { count: u32, perRow: u32 }
@group(0) @binding(0) var<storage, read> x: array<i32>;
@group(0) @binding(1) var<storage, read_write> y: array<f32>;
@group(0) @binding(2) var<uniform> sizes: Sizes;
@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
  let i = id.y * sizes.perRow + id.x;
  if (id.x >= sizes.perRow || i >= sizes.count) { return; }
  y[i] = f32(x[i]);
}`,
};

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
