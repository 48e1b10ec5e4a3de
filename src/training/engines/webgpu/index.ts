/** The engine `webgpu`: tfjs-backend-webgpu's kernels and ours in WGSL, on any adapter that Dawn finds. */
import * as tf from '@tensorflow/tfjs-core';
import { chooseDevice, deviceName } from '../../../shared/engines.ts';
import { UnrollError } from '../../../shared/errors.ts';
import { readByAwaiting } from '../../ops/read.ts';
import type { Engine } from '../engine.ts';
import type { GpuBackend } from './backend.ts';
import { listAdapters, openDevice, type OpenDevice } from './adapters.ts';
import { roomFor } from './room.ts';

let running: { opened: OpenDevice; backend: GpuBackend } | null = null;

export const webgpuEngine: Engine = {
  name: 'webgpu',
  asynchronous: true,

  async probe() {
    try {
      const devices = (await listAdapters()).map(({ name, detail }) => ({ name, detail }));
      if (devices.length > 0) return { available: true, detail: devices.map(deviceName).join(', '), devices };
      return {
        available: false,
        detail: 'no graphics adapter with a driver for Vulkan, Metal or Direct3D 12',
      };
    } catch (error) {
      if (error instanceof UnrollError) return { available: false, detail: error.message };
      throw error;
    }
  },

  async start({ device = null }) {
    const adapters = await listAdapters();
    const adapter = chooseDevice(adapters, device);
    if (!adapter) {
      const found = adapters.map(deviceName).join(', ') || 'none';
      const reason = `no adapter is called ${device ?? 'anything'}; found: ${found}`;
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
    readByAwaiting(BACKEND);
    registerKernels();
    await backend.settled();
    running = { opened, backend };
    return { detail: deviceName(adapter), threads: 1 };
  },

  stop() {
    if (!running) return Promise.resolve();
    tf.removeBackend('webgpu');
    running.opened.close();
    running = null;
    return Promise.resolve();
  },

  room: async (bytes) => (running ? roomFor(bytes, running.opened) : 0),

  largestTensor: () => running?.backend.largestTensor ?? 0,

  keepUp: async () => running?.backend.keepUp(),

  peakBytes: () => running?.backend.peakBytes ?? 0,
};
