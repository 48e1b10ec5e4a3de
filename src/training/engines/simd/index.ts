/** The engine `simd`: tfjs-backend-cpu's kernels and ours in WebAssembly (SIMD, relaxed where there is, threads). */
import { availableParallelism } from 'node:os';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { WEBASSEMBLY_BYTES } from '../../../shared/engines.ts';
import type { Engine } from '../engine.ts';
import { ModuleBuilder, hasRelaxedSimd, v128 } from './assembler.ts';
import { BACKEND, SimdBackend } from './backend.ts';
import { registerComparison } from './comparison.ts';
import { registerConvolution } from './convolution.ts';
import { registerDense } from './dense.ts';
import { registerDropout } from './dropout.ts';
import { registerEmbedding } from './embedding.ts';
import { registerLoss } from './loss.ts';
import { registerGlobalPooling } from './global-pooling.ts';
import { measureLimit } from './limit.ts';
import { Memory } from './memory.ts';
import { Modules } from './modules.ts';
import { Pool } from './pool.ts';
import { registerPenalty } from './penalty.ts';
import { registerPooling } from './pooling.ts';
import { registerRecurrent } from './recurrent.ts';
import { CONTROL_BYTES } from './tasks.ts';
import { sumByToken } from './token-sums.ts';
import { registerUpdate } from './update.ts';
import { registerNormalization } from './normalization.ts';
import { joinPairs } from './wide.ts';

let running: { memory: Memory; pool: Pool; wide: boolean } | null = null;

function hasSimd(): boolean {
  const module = new ModuleBuilder({ relaxed: false, sharedMemory: true });
  module.function('probe', ['i32'], (f, at) => f.storeVector(at, v128.load(at)));
  return WebAssembly.validate(module.build());
}

const kind = () => (hasRelaxedSimd() ? 'relaxed SIMD' : 'plain SIMD (no relaxed SIMD here)');

/** While a profile is kept, what this engine's own ops do beside their kernels is counted. */
function timeOps(pool: Pool): void {
  for (const config of tf.getKernelsForBackend(BACKEND)) {
    const { kernelName, kernelFunc } = config;
    if (tf.getKernel(kernelName, 'cpu')?.kernelFunc === kernelFunc) continue;
    tf.unregisterKernel(kernelName, BACKEND);
    tf.registerKernel({
      ...config,
      kernelFunc: (call) => (pool.counting ? pool.counting.plan(() => kernelFunc(call)) : kernelFunc(call)),
    });
  }
}

export const simdEngine: Engine = {
  name: 'simd',
  mostBytes: WEBASSEMBLY_BYTES,

  probe: async () =>
    hasSimd()
      ? { available: true, detail: kind() }
      : { available: false, detail: 'no WebAssembly SIMD with shared memory' },

  async start({ threads }) {
    const count = Math.max(1, Math.min(threads ?? availableParallelism(), availableParallelism()));
    const memory = new Memory(CONTROL_BYTES);
    const pool = new Pool(memory, count);
    const wide = joinPairs();
    running = { memory, pool, wide };
    const modules = new Modules(pool, wide);
    tf.copyRegisteredKernels('cpu', BACKEND);
    registerConvolution(modules);
    registerComparison();
    registerDense();
    registerDropout(modules);
    registerEmbedding((backend, ...tensors) => sumByToken(backend, modules, ...tensors));
    registerLoss();
    registerGlobalPooling(modules);
    registerNormalization(modules);
    registerPenalty(modules);
    registerPooling(modules);
    registerRecurrent(modules);
    registerUpdate(modules);
    timeOps(pool);
    tf.registerBackend(BACKEND, () => new SimdBackend(memory, pool));
    await tf.setBackend(BACKEND);
    return {
      detail: `${kind()}${wide ? ', 256 bits' : ''}, ${count} thread${count === 1 ? '' : 's'}`,
      threads: count,
    };
  },

  async stop() {
    if (!running) return;
    await running.pool.stop();
    running = null;
    tf.removeBackend(BACKEND);
    for (const { kernelName } of tf.getKernelsForBackend(BACKEND)) tf.unregisterKernel(kernelName, BACKEND);
  },

  profile: () => running!.pool.profile(),

  limit() {
    const { memory, pool, wide } = running!;
    pool.endProfile();
    return measureLimit(pool, memory, wide);
  },

  peakBytes: () => running?.memory.peakBytes ?? 0,
};
