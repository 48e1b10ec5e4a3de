/** The engine `webgpu`: tfjs-backend-webgpu's kernels and ours in WGSL, on any adapter that Dawn finds. */
import * as tf from '@tensorflow/tfjs-core';
import { UnrollError } from '../../../shared/errors.ts';
import type { Engine } from '../engine.ts';
import { chooseAdapter, listAdapters, openDevice, type OpenDevice } from './adapters.ts';

let running: { opened: OpenDevice; peakBytes: () => number } | null = null;

const named = ({ name, interface: via }: { name: string; interface: string }): string => `${name} (${via})`;

export const webgpuEngine: Engine = {
  name: 'webgpu',
  asynchronous: true,

  async probe() {
    try {
      const adapters = await listAdapters();
      if (adapters.length > 0) return { available: true, detail: adapters.map(named).join(', ') };
      return {
        available: false,
        detail: 'no graphics adapter with a driver for Vulkan, Metal or Direct3D 12',
      };
    } catch (error) {
      if (error instanceof UnrollError) return { available: false, detail: error.message };
      throw error;
    }
  },

  async start() {
    // Set by `--device`, or by whoever starts Unroll.
    const device = process.env.UNROLL_DEVICE ?? null;
    const adapters = await listAdapters();
    const adapter = chooseAdapter(adapters, device);
    if (!adapter) {
      const reason = `no adapter is called ${device ?? 'anything'}; there are ${adapters.map(({ name }) => name).join(', ') || 'none'}`;
      throw new UnrollError('engine-unavailable', { engine: 'webgpu', reason });
    }
    const opened = await openDevice(adapter);
    // It asks for `navigator.gpu` when it loads.
    const { BACKEND, GpuBackend } = await import('./backend.ts');
    const { registerKernels } = await import('./register.ts');
    tf.enableProdMode();
    // It has registered a backend of its own.
    if (tf.findBackendFactory(BACKEND)) tf.removeBackend(BACKEND);
    const backend = new GpuBackend(opened);
    tf.registerBackend(BACKEND, () => backend);
    await tf.setBackend(BACKEND);
    registerKernels(backend);
    await backend.settled();
    running = { opened, peakBytes: () => backend.peakBytes };
    return { detail: named(adapter), threads: 1 };
  },

  stop() {
    if (!running) return Promise.resolve();
    tf.removeBackend('webgpu');
    running.opened.close();
    running = null;
    return Promise.resolve();
  },

  peakBytes: () => running?.peakBytes() ?? 0,
};
