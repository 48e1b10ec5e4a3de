/** Comparing ids with one number, as a mask is made: tfjs's kernel works out where each element is broadcast from. */
import * as tf from '@tensorflow/tfjs-core';
import { BACKEND, type SimdBackend } from './backend.ts';

export function registerComparison(): void {
  const general = tf.getKernel('NotEqual', 'cpu').kernelFunc;
  tf.unregisterKernel('NotEqual', BACKEND);
  tf.registerKernel({
    kernelName: 'NotEqual',
    backendName: BACKEND,
    kernelFunc: (call) => {
      const { a, b } = call.inputs as Record<'a' | 'b', tf.TensorInfo>;
      if (a.dtype !== 'int32' || b.shape.length > 0) return general(call);
      const simd = call.backend as SimdBackend;
      const ids = simd.values(a);
      const [number] = simd.values(b) as unknown as [number];
      const different = new Uint8Array(ids.length);
      for (let i = 0; i < ids.length; i++) different[i] = Number(ids[i] !== number);
      return simd.makeTensorInfo(a.shape, 'bool', different);
    },
  });
}
