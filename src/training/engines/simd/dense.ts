/** The op `dense` on this engine: few sums, in double precision and plain loops. */
import * as tf from '@tensorflow/tfjs-core';
import { DENSE, DENSE_GRADIENT } from '../../ops/dense.ts';
import { BACKEND, type SimdBackend } from './backend.ts';

type Shape = readonly [B: number, D: number, F: number];

function forward(x: Float32Array, kernel: Float32Array, bias: Float32Array, [B, D, F]: Shape): Float32Array {
  const y = new Float32Array(B * F);
  for (let b = 0; b < B; b++) {
    for (let f = 0; f < F; f++) {
      let sum = bias[f]!;
      for (let d = 0; d < D; d++) sum += x[b * D + d]! * kernel[d * F + f]!;
      y[b * F + f] = sum;
    }
  }
  return y;
}

/** dy W^T */
function inputGradient(dy: Float32Array, kernel: Float32Array, [B, D, F]: Shape): Float32Array {
  const dx = new Float32Array(B * D);
  for (let b = 0; b < B; b++) {
    for (let d = 0; d < D; d++) {
      let sum = 0;
      for (let f = 0; f < F; f++) sum += dy[b * F + f]! * kernel[d * F + f]!;
      dx[b * D + d] = sum;
    }
  }
  return dx;
}

/** x^T dy and the sums of dy. */
function weightGradients(x: Float32Array, dy: Float32Array, [B, D, F]: Shape): [Float32Array, Float32Array] {
  const [dKernel, dBias] = [new Float64Array(D * F), new Float64Array(F)];
  for (let b = 0; b < B; b++) {
    for (let f = 0; f < F; f++) {
      const slope = dy[b * F + f]!;
      dBias[f]! += slope;
      for (let d = 0; d < D; d++) dKernel[d * F + f]! += x[b * D + d]! * slope;
    }
  }
  return [new Float32Array(dKernel), new Float32Array(dBias)];
}

export function registerDense(): void {
  const shapeOf = (x: tf.TensorInfo, kernel: tf.TensorInfo) =>
    [x.shape[0]!, kernel.shape[0]!, kernel.shape[1]!] as const;
  tf.registerKernel({
    kernelName: DENSE,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend }) => {
      const simd = backend as SimdBackend;
      const { x, kernel, bias } = inputs as Record<'x' | 'kernel' | 'bias', tf.TensorInfo>;
      const shape = shapeOf(x, kernel);
      const [X, W, b] = [x, kernel, bias].map((tensor) => simd.values(tensor) as Float32Array);
      return simd.makeTensorInfo([shape[0], shape[2]], 'float32', forward(X!, W!, b!, shape));
    },
  });
  tf.registerKernel({
    kernelName: DENSE_GRADIENT,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend }) => {
      const simd = backend as SimdBackend;
      const { dy, x, kernel } = inputs as Record<'dy' | 'x' | 'kernel', tf.TensorInfo>;
      const shape = shapeOf(x, kernel);
      const [dY, X, W] = [dy, x, kernel].map((tensor) => simd.values(tensor) as Float32Array);
      const [dKernel, dBias] = weightGradients(X!, dY!, shape);
      const make = (of: readonly number[], values: Float32Array) =>
        simd.makeTensorInfo([...of], 'float32', values);
      return [
        make(x.shape, inputGradient(dY!, W!, shape)),
        make(kernel.shape, dKernel),
        make([shape[2]], dBias),
      ];
    },
  });
}
