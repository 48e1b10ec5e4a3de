/** The engine `reference`: tfjs's plain CPU backend and the reference ops. Slow, and what the others are checked against. */
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Engine } from './engine.ts';
import { hostMemory } from './host-memory.ts';

export const referenceEngine: Engine = {
  name: 'reference',
  mostBytes: hostMemory(),
  probe: () => Promise.resolve({ available: true, detail: 'plain tensorflow.js, 1 thread' }),
  async start() {
    // Production mode: no advice on the console to install another backend.
    tf.enableProdMode();
    await tf.setBackend('cpu');
    return { detail: 'plain tensorflow.js, 1 thread', threads: 1 };
  },
  stop: () => Promise.resolve(),
};
