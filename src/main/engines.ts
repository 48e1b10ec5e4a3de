/** The engines this version knows and which of them can work here; the child has the last word when it starts one. */
import { chooseDevice, type Device } from '../shared/engines.ts';
import { engineChoiceSchema, ENGINES, type EngineName } from '../shared/training.ts';
import { tensorflowState } from './engine-installation/installed.ts';
import { enginesFolder } from './engine-installation/place.ts';
import type { JobContext } from './jobs.ts';
import { coreCount } from './machine.ts';
import { tryEngine, type Trial, type Tried } from './training/engine-trial.ts';

/** What was found when it was last looked for; a graphics adapter is found by the child alone. */
let graphics: Omit<Tried, 'examplesPerSecond'> = {
  available: false,
  detail: 'not looked for yet',
  devices: [],
};

/** What the user has settled on, in the settings of the workspace. */
export interface EngineChoice {
  engine: EngineName | 'auto';
  /** A graphics adapter by its name; null takes the first. */
  device: string | null;
}

export function engineChoice(settings: Readonly<Record<string, unknown>>): EngineChoice {
  const { engine, device } = settings;
  return {
    engine: engineChoiceSchema.catch('auto').parse(engine),
    device: typeof device === 'string' && device !== '' ? device : null,
  };
}

export interface EngineState {
  name: string;
  available: boolean;
  inUse: boolean;
  /** Threads a run gets where none are chosen; null where the engine has no say in it. */
  threads: number | null;
  detail: string;
  devices: (Device & { inUse: boolean })[];
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

export function listEngines({ engine: chosen, device }: EngineChoice): EngineState[] {
  const simd = hasSimd
    ? `${hasRelaxedSimd ? 'relaxed SIMD' : 'SIMD'}, ${coreCount} ${coreCount === 1 ? 'thread' : 'threads'}`
    : 'WebAssembly here has no SIMD';
  const tensorflow = tensorflowState(enginesFolder());
  const fastest = hasSimd ? 'simd' : 'reference';
  const inUse = chosen === 'auto' ? fastest : chosen;
  const used = chooseDevice(graphics.devices, device);
  const devices = graphics.devices.map((each) => ({ ...each, inUse: each === used }));
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
    devices: name === 'webgpu' ? devices : [],
  }));
}

/** Looks for graphics adapters. @param nodePath the Node of training children, where it is not this process's */
export async function lookForAdapters(nodePath: string | undefined): Promise<void> {
  graphics = await tryEngine({ engine: 'webgpu', device: null, model: null }, nodePath);
}

export interface Measured {
  name: EngineName;
  /** Null for an engine without a choice of devices. */
  device: string | null;
  available: boolean;
  detail: string;
  examplesPerSecond: number | null;
}

/**
 * Examples a second that each engine trains a model at on each of its devices, one after the other; `reference` is not there
 * to be fast.
 */
export async function benchmarkEngines(
  model: NonNullable<Trial['model']>,
  nodePath: string | undefined,
  { signal, progress }: JobContext,
): Promise<Measured[]> {
  await lookForAdapters(nodePath);
  const adapters = graphics.devices.map(({ name }) => name);
  const trials = ENGINES.filter((name) => name !== 'reference').flatMap((engine) =>
    (engine === 'webgpu' && adapters.length > 0 ? adapters : [null]).map((device) => ({ engine, device })),
  );
  const results: Measured[] = [];
  for (const [done, { engine, device }] of trials.entries()) {
    progress(done / trials.length, device === null ? engine : `${engine} on ${device}`);
    const { available, detail, examplesPerSecond } = await tryEngine(
      { engine, device, model },
      nodePath,
      signal,
    );
    results.push({ name: engine, device, available, detail, examplesPerSecond });
  }
  return results;
}
