/** The guard over the weights and the results that are read later (ops/deferred.ts), on this engine. */
import * as tf from '@tensorflow/tfjs-core';
import { APPEND, LOSS_GUARD } from '../../ops/deferred.ts';
import { BACKEND, type GpuBackend, type Shader } from './backend.ts';
import { each } from './kernels/each.ts';

/** By the bits: a compiler may take every number for a finite one. */
const CLOSE: Shader = {
  name: 'loss guard',
  code: `
struct Sizes { count: u32 }
@group(0) @binding(0) var<storage, read> loss: array<f32>;
@group(0) @binding(1) var<storage, read_write> guard: array<i32>;
@group(0) @binding(2) var<uniform> sizes: Sizes;
@compute @workgroup_size(1)
fn main() {
  for (var i = 0u; i < sizes.count; i++) {
    if ((bitcast<u32>(loss[i]) & 0x7f800000u) == 0x7f800000u) { guard[0] = 1; }
  }
}`,
};

const COPY = each(
  'results',
  { arrays: ['read> values: array<f32>', 'read_write> into: array<f32>'], sizes: ['begin'] },
  '  into[sizes.begin + at] = values[at];',
);

export function registerDeferred(): void {
  tf.registerKernel({
    kernelName: LOSS_GUARD,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend }) => {
      const { loss, guard } = inputs as Record<'loss' | 'guard', tf.TensorInfo>;
      (backend as GpuBackend).run(CLOSE, [loss, guard], [guard], [1], [1]);
      return [];
    },
  });
  tf.registerKernel({
    kernelName: APPEND,
    backendName: BACKEND,
    kernelFunc: ({ inputs, backend, attrs }) => {
      const { values, into } = inputs as Record<'values' | 'into', tf.TensorInfo>;
      const count = tf.util.sizeFromShape(values.shape);
      (backend as GpuBackend).runOver(COPY, [values, into], [into], count, (attrs as { at: number }).at);
      return [];
    },
  });
}
