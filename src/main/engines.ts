/** The engines this version knows and which of them can work here; the child has the last word when it starts one. */
import { chooseDevice, WEBASSEMBLY_BYTES, type Device } from '../shared/engines.ts';
import { bySpeed, reasonFor, type Measured, type Measurement } from '../shared/engine-speed.ts';
import type { Run } from '../shared/contract/runs.ts';
import { UnrollError } from '../shared/errors.ts';
import { engineChoiceSchema, ENGINES, type EngineName } from '../shared/training.ts';
import { tensorflowState } from './engine-installation/installed.ts';
import { enginesFolder } from './engine-installation/place.ts';
import type { JobContext } from './jobs.ts';
import { coreCount, memoryBytes } from './machine.ts';
import { tryEngine, type Trial, type Tried } from './training/engine-trial.ts';

type Found = Omit<Tried, 'examplesPerSecond'>;
/** What was found when it was last looked for; a graphics adapter is found by the child alone. */
let graphics: Found | null = null;
const NOT_LOOKED: Found = {
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
  /** The most its memory can hold; null where only trying tells. */
  mostBytes: number | null;
  detail: string;
  /** Why new runs use it, or why not. */
  why: string;
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

/** @param measurement the last benchmark on the model in question */
export function listEngines(
  { engine: chosen, device }: EngineChoice,
  measurement: Measurement | null = null,
): EngineState[] {
  const simd = hasSimd
    ? `${hasRelaxedSimd ? 'relaxed SIMD' : 'SIMD'}, ${coreCount} ${coreCount === 1 ? 'thread' : 'threads'}`
    : 'WebAssembly here has no SIMD';
  const tensorflow = tensorflowState(enginesFolder());
  const found = graphics ?? NOT_LOOKED;
  const inUse = engineInUse(chosen);
  const used = chooseDevice(found.devices, device);
  const devices = found.devices.map((each) => ({ ...each, inUse: each === used }));
  const usage = { engine: inUse, chosen: chosen !== 'auto', device: used?.name ?? null };
  const memory = memoryBytes();
  const mostBytes: Readonly<Record<EngineName, number | null>> = {
    simd: Math.min(WEBASSEMBLY_BYTES, memory),
    reference: memory,
    tensorflow: memory,
    webgpu: null,
  };
  const details: [name: EngineName, available: boolean, threads: number | null, detail: string][] = [
    ['simd', hasSimd, hasSimd ? coreCount : null, simd],
    ['reference', true, null, 'plain tensorflow.js, slow; for checking results'],
    ['webgpu', found.available, null, found.detail],
    ['tensorflow', tensorflow.available, tensorflow.available ? coreCount : null, tensorflow.detail],
  ];
  return details.map(([name, available, threads, detail]) => ({
    name,
    available,
    inUse: name === inUse,
    threads,
    mostBytes: mostBytes[name],
    detail,
    why: detail === NOT_LOOKED.detail ? detail : reasonFor({ name, available, detail }, usage, measurement),
    devices: name === 'webgpu' ? devices : [],
  }));
}

/** The adapter that a run was to train on, or did; null where it had no choice of them, or took the first. */
export const adapterOf = ({ engine, machine }: Pick<Run, 'engine' | 'machine'>): string | null =>
  engine === 'webgpu' ? (machine['device'] ?? null) : null;

/** What trains where no engine is named: the one that needs nothing but a processor, so that a seed's run stays the same. */
const engineInUse = (chosen: EngineName | 'auto'): EngineName =>
  chosen !== 'auto' ? chosen : hasSimd ? 'simd' : 'reference';

/**
 * Sees that new steps of training can have what they ask for, before there is a run of them or one is changed. Adapters that were
 * found before are taken to be there still: the child has the last word.
 * @param device null takes the first; only the engine for graphics adapters has any
 * @param nodePath the Node of training children, where it is not this process's
 * @throws UnrollError `engine-unavailable`, `device-unknown`
 */
export async function requireEngine(
  { engine: asked, device }: EngineChoice,
  nodePath: string | undefined,
): Promise<void> {
  const engine = engineInUse(asked);
  if (engine !== 'webgpu') {
    const { available, detail: reason } = listEngines({ engine, device: null }).find(
      ({ name }) => name === engine,
    )!;
    if (!available) throw new UnrollError('engine-unavailable', { engine, reason });
    if (device !== null)
      throw new UnrollError('device-unknown', { engine, device, found: 'none, as it has no choice of them' });
    return;
  }
  if (!graphics?.available || !chooseDevice(graphics.devices, device)) await lookForAdapters(nodePath);
  const { available, detail: reason, devices } = graphics ?? NOT_LOOKED;
  if (!available) throw new UnrollError('engine-unavailable', { engine, reason });
  const found = devices.map(({ name }) => name).join(', ');
  if (!chooseDevice(devices, device)) throw new UnrollError('device-unknown', { engine, device, found });
}

/** Looks for graphics adapters. @param nodePath the Node of training children, where it is not this process's */
export async function lookForAdapters(nodePath: string | undefined): Promise<void> {
  graphics = await tryEngine({ engine: 'webgpu', device: null, model: null }, nodePath);
}

/**
 * Examples a second that each engine trains a model at on each of its devices, one after the other, the fastest first;
 * `reference` is not there to be fast.
 */
export async function benchmarkEngines(
  model: NonNullable<Trial['model']>,
  nodePath: string | undefined,
  { signal, progress }: JobContext,
): Promise<Measured[]> {
  await lookForAdapters(nodePath);
  const adapters = (graphics ?? NOT_LOOKED).devices.map(({ name }) => name);
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
  return bySpeed(results);
}
