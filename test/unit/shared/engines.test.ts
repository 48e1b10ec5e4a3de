import { describe, expect, it } from 'vitest';
import { chooseDevice, nextEngine } from '../../../src/shared/engines.ts';
import { trainingSchema } from '../../../src/shared/training.ts';
import { tinyGraph } from '../training/tiny.ts';

const cards = [
  { name: 'Radeon RX 7900', detail: 'vulkan' },
  { name: 'Radeon', detail: 'vulkan' },
];
const GIB = 2 ** 30;
/** On a machine with 16 GiB. */
const room: Readonly<Record<string, number | null>> = {
  simd: 4 * GIB,
  webgpu: null,
  tensorflow: 16 * GIB,
  reference: 16 * GIB,
};
const here = (...names: string[]) =>
  Object.entries(room).map(([name, mostBytes]) => ({ name, available: names.includes(name), mostBytes }));
const all = here('simd', 'webgpu', 'tensorflow', 'reference');
const of = (units: number, batch_size = 128) => ({
  graph: tinyGraph(['LSTM', { units }]),
  training: trainingSchema.parse({ batch_size }),
});
const failed = (engine: string, code: string, size = of(8)) => ({
  ...{ status: 'failed', engine, error: { code }, ...size },
});

describe('the device', () => {
  it('is the one of that name, else the first whose name has the words, else none', () => {
    expect(chooseDevice(cards, 'radeon')).toBe(cards[1]);
    expect(chooseDevice(cards, '7900')).toBe(cards[0]);
    expect(chooseDevice(cards, null)).toBe(cards[0]);
    expect(chooseDevice(cards, 'Arc')).toBeNull();
    expect(chooseDevice([], null)).toBeNull();
  });

  it('is told from another of its name by how it is reached', () => {
    const [d3d12, vulkan, software] = ['d3d12', 'vulkan', 'vulkan, in software'].map((detail, i) => ({
      ...{ name: i < 2 ? 'Radeon' : 'SwiftShader Device (Subzero)', detail },
    }));
    const found = [d3d12!, vulkan!, software!];
    expect(chooseDevice(found, 'Radeon')).toBe(d3d12);
    expect(chooseDevice(found, 'radeon (vulkan)')).toBe(vulkan);
    expect(chooseDevice(found, 'SwiftShader Device (Subzero)')).toBe(software);
    expect(chooseDevice(found, 'SwiftShader Device (Subzero) (vulkan)')).toBe(software);
  });
});

describe('the engine to go on with', () => {
  it('is the fastest other one that works', () => {
    expect(nextEngine(failed('webgpu', 'shader-failed'), all)).toBe('simd');
    expect(nextEngine(failed('simd', 'out-of-memory'), here('simd', 'tensorflow'))).toBe('tensorflow');
    expect(nextEngine(failed('auto', 'engine-unavailable'), all)).toBe('webgpu');
    expect(nextEngine(failed('simd', 'out-of-memory'), here('simd'))).toBeNull();
  });

  it('has room for the run where that was wanting, or is none', () => {
    const code = 'memory-too-small';
    // Takes 7.5 GiB at least.
    const large = of(5_000, 10_000);
    expect(nextEngine(failed('webgpu', code), all)).toBe('simd');
    expect(nextEngine(failed('webgpu', code, large), all)).toBe('tensorflow');
    expect(nextEngine(failed('simd', code, large), all)).toBe('tensorflow');
    expect(nextEngine(failed('simd', code, large), here('simd', 'webgpu'))).toBeNull();
    expect(nextEngine(failed('webgpu', 'batch-too-large', large), here('simd', 'webgpu'))).toBeNull();
    expect(nextEngine(failed('tensorflow', code, large), all)).toBeNull();
    expect(nextEngine(failed('tensorflow', 'out-of-memory'), all)).toBeNull();
  });

  it('is offered for a lost device, which leaves the run interrupted', () => {
    const lost = { ...failed('webgpu', 'device-lost'), status: 'interrupted' };
    expect(nextEngine(lost, all)).toBe('simd');
  });

  it('is none where another would fail alike, or nothing failed', () => {
    expect(nextEngine(failed('webgpu', 'training-diverged'), all)).toBeNull();
    expect(nextEngine({ ...failed('webgpu', ''), status: 'done', error: null }, all)).toBeNull();
    const ended = { ...failed('webgpu', 'training-child-died'), status: 'interrupted' };
    expect(nextEngine(ended, all)).toBeNull();
    expect(nextEngine({ ...ended, status: 'failed' }, all)).toBe('simd');
  });
});
