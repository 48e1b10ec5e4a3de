/** The engines there are, fastest first, and the choice among them. Each is loaded only when it is asked for. */
import { UnrollError } from '../../shared/errors.ts';
import type { EngineName } from '../../shared/training.ts';
import type { Engine, Probe } from './engine.ts';

const LOAD: Readonly<Record<EngineName, () => Promise<Engine>>> = {
  simd: async () => (await import('./simd/index.ts')).simdEngine,
  webgpu: async () => (await import('./webgpu/index.ts')).webgpuEngine,
  tensorflow: async () => (await import('./tensorflow/index.ts')).tensorflowEngine,
  reference: async () => (await import('./reference.ts')).referenceEngine,
};
/** Not `webgpu`: whether a machine's graphics adapter is faster than its cores, the benchmark of the engines says. */
const AUTOMATIC: readonly EngineName[] = ['simd', 'reference'];

/** Whether an engine can run here, in words either way. */
export async function probeEngine(name: EngineName): Promise<Probe> {
  return (await LOAD[name]()).probe();
}

/**
 * The engine asked for, or with `auto` the fastest that can run here.
 * @throws UnrollError `engine-unavailable` when it cannot run here
 */
export async function chooseEngine(choice: EngineName | 'auto'): Promise<Engine> {
  let reason = 'none can run here';
  for (const name of choice === 'auto' ? AUTOMATIC : [choice]) {
    const engine = await LOAD[name]();
    const { available, detail } = await engine.probe();
    if (available) return engine;
    reason = detail;
  }
  throw new UnrollError('engine-unavailable', { engine: choice, reason });
}
