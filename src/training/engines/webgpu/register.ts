/** The kernels of this engine. */
import { registerCast } from './cast.ts';
import { registerEmbedding } from './embedding.ts';
import { registerDeferred } from './deferred.ts';
import { registerRecurrent } from './recurrent.ts';
import { registerSequences } from './sequences.ts';
import { registerUpdate } from './update.ts';

let registered = false;

/** Registers them once: tfjs keeps kernels when a backend is removed, so they ask the one in force what its device takes. */
export function registerKernels(): void {
  if (registered) return;
  registered = true;
  registerCast();
  registerEmbedding();
  registerDeferred();
  registerRecurrent();
  registerSequences();
  registerUpdate();
}
