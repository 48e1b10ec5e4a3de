/** The engines that the tests of this folder run on, and how exact each has to be. */
import { CELL_KERNELS } from '../../src/training/engines/simd/modules.ts';
import { chooseEngine, probeEngine } from '../../src/training/engines/index.ts';
import { CELLS } from '../../src/training/ops/recurrent.ts';
import type { Cell } from '../../src/training/ops/recurrent.ts';
import { ENGINES } from '../../src/shared/training.ts';
import type { EngineName } from '../../src/shared/training.ts';

const probes = await Promise.all(ENGINES.map(async (name) => ({ name, ...(await probeEngine(name)) })));
for (const { name, available, detail } of probes)
  if (!available) console.warn(`The tests of the engine ${name} are SKIPPED: ${detail}.`);

export const ENGINES_HERE: readonly EngineName[] = probes.flatMap(({ name, available }) =>
  available ? [name] : [],
);

/** How far an engine may be from the right numbers: the largest difference over the tensor's largest value. */
interface Tolerance {
  /** The op `recurrent` from the float64 loop, and its gradients. */
  forward: number;
  gradient: number;
  /** A model's output and loss from Keras's, its gradients, and its weights and metrics after three steps. */
  modelForward: number;
  modelGradient: number;
  trained: number;
}

const FLOAT32: Tolerance = {
  forward: 2.1e-6,
  gradient: 1e-5,
  modelForward: 1e-5,
  modelGradient: 1e-4,
  trained: 1e-4,
};

/** All hold float32's rounding so far: `webgpu` in software, `tensorflow` on processors. */
export const TOLERANCES: Readonly<Record<EngineName, Tolerance>> = {
  simd: FLOAT32,
  reference: FLOAT32,
  webgpu: FLOAT32,
  tensorflow: FLOAT32,
};

/** On a real graphics adapter, or with time: every case of every topic on every engine, and as many steps as the claims are for. */
export const inFull = process.env.UNROLL_TESTS === 'full';

/** The cases an engine is held to: in software, where every shape's shaders take long to compile, each eighth. */
export function casesFor<T>(engine: EngineName, cases: readonly T[]): readonly T[] {
  return engine === 'webgpu' && !inFull ? cases.filter((_, i) => i % 8 === 0) : cases;
}

/** The cells an engine computes with code of its own; it leaves the others to the reference op. */
export function cellsOf(engine: EngineName): readonly Cell[] {
  return engine === 'simd' ? CELLS.filter((cell) => cell in CELL_KERNELS) : CELLS;
}

/** Makes an engine the one in force; the function it gives ends it. */
export async function startEngine(name: EngineName): Promise<() => Promise<void>> {
  const engine = await chooseEngine(name);
  await engine.start({ threads: 2 });
  return () => engine.stop();
}
