/** The engines this version knows and which of them can work here; the child has the last word when it starts one. */
import { ENGINES, type EngineName } from '../shared/training.ts';
import { tensorflowState } from './engine-installation/installed.ts';
import { enginesFolder } from './engine-installation/place.ts';
import { coreCount } from './machine.ts';
import { tryEngine, type Trial, type Tried } from './training/engine-trial.ts';

/** What was found when it was last looked for; a graphics adapter is found by the child alone. */
let graphics = { available: false, detail: 'not looked for yet' };

export interface EngineState {
  name: string;
  available: boolean;
  inUse: boolean;
  /** Threads a run gets where none are chosen; null where the engine has no say in it. */
  threads: number | null;
  detail: string;
}

// The least modules that validate only where the instructions exist: v128.const, and f32x4.relaxed_madd.
const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const ONE_FUNCTION = [1, 4, 1, 0x60, 0, 0, 3, 2, 1, 0];
const ZEROS = [0xfd, 0x0c, ...Array<number>(16).fill(0)];
const withBody = (code: number[]): Uint8Array<ArrayBuffer> => {
  const body = [0, ...code, 0x1a, 0x0b];
  return Uint8Array.from([...HEADER, ...ONE_FUNCTION, 10, body.length + 2, 1, body.length, ...body]);
};
const hasSimd = WebAssembly.validate(withBody(ZEROS));
const hasRelaxedSimd = WebAssembly.validate(withBody([...ZEROS, ...ZEROS, ...ZEROS, 0xfd, 0x85, 0x02]));

/** @param chosen the engine the user has chosen, `auto` for the fastest that works */
export function listEngines(chosen: string): EngineState[] {
  const simd = hasSimd
    ? `${hasRelaxedSimd ? 'relaxed SIMD' : 'SIMD'}, ${coreCount} ${coreCount === 1 ? 'thread' : 'threads'}`
    : 'WebAssembly here has no SIMD';
  const tensorflow = tensorflowState(enginesFolder());
  const fastest = hasSimd ? 'simd' : 'reference';
  const inUse = ENGINES.find((name) => name === chosen) ?? fastest;
  const details: [name: string, available: boolean, threads: number | null, detail: string][] = [
    ['simd', hasSimd, hasSimd ? coreCount : null, simd],
    ['reference', true, null, 'plain tensorflow.js, slow; for checking results'],
    ['webgpu', graphics.available, null, graphics.detail],
    ['tensorflow', tensorflow.available, tensorflow.available ? coreCount : null, tensorflow.detail],
  ];
  return details.map(([name, available, threads, detail]) => ({
    name,
    available,
    inUse: name === inUse,
    threads,
    detail,
  }));
}

/** Looks for graphics adapters. @param nodePath the Node of training children, where it is not this process's */
export async function lookForAdapters(nodePath: string | undefined): Promise<void> {
  graphics = await tryEngine({ engine: 'webgpu', model: null }, nodePath);
}

/** Examples a second that each engine trains a model at, one after the other; `reference` is not there to be fast. */
export async function benchmarkEngines(
  model: NonNullable<Trial['model']>,
  nodePath: string | undefined,
): Promise<(Tried & { name: EngineName })[]> {
  const results: (Tried & { name: EngineName })[] = [];
  for (const engine of ENGINES.filter((name) => name !== 'reference'))
    results.push({ name: engine, ...(await tryEngine({ engine, model }, nodePath)) });
  return results;
}
