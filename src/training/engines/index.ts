/** The engines there are, fastest first, and the choice among them. Each is loaded only when it is asked for. */
import { UnrollError } from '../../shared/errors.ts';
import type { EngineName } from '../../shared/training.ts';
import type { Engine } from './engine.ts';

const LOAD: Readonly<Record<EngineName, () => Promise<Engine>>> = {
  simd: async () => (await import('./simd/index.ts')).simdEngine,
  reference: async () => (await import('./reference.ts')).referenceEngine,
};
const FASTEST_FIRST: readonly EngineName[] = ['simd', 'reference'];

/**
 * The engine asked for, or with `auto` the fastest that can run here.
 * @throws UnrollError `engine-unavailable` when it cannot run here
 */
export async function chooseEngine(choice: EngineName | 'auto'): Promise<Engine> {
  let reason = 'none can run here';
  for (const name of choice === 'auto' ? FASTEST_FIRST : [choice]) {
    const engine = await LOAD[name]();
    const { available, detail } = await engine.probe();
    if (available) return engine;
    reason = detail;
  }
  throw new UnrollError('engine-unavailable', { engine: choice, reason });
}
