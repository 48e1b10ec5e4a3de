/** The kernels of this engine. */
import type { GpuBackend } from './backend.ts';
import { registerCast } from './cast.ts';
import { registerEmbedding } from './embedding.ts';
import { registerDeferred } from './deferred.ts';
import { registerRecurrent } from './recurrent.ts';
import { registerSequences } from './sequences.ts';
import { registerUpdate } from './update.ts';

let registered = false;

/** Registers them once: tfjs keeps kernels when a backend is removed. */
export function registerKernels(backend: GpuBackend): void {
  if (registered) return;
  registered = true;
  registerCast();
  registerEmbedding();
  registerDeferred();
  registerRecurrent(backend);
  registerSequences();
  registerUpdate();
}
