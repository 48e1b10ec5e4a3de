import { describe, expect, it } from 'vitest';
import { chooseDevice, nextEngine } from '../../../src/shared/engines.ts';

const cards = [
  { name: 'Radeon RX 7900', detail: 'vulkan' },
  { name: 'Radeon', detail: 'vulkan' },
];
const here = (...names: string[]) =>
  ['simd', 'webgpu', 'tensorflow', 'reference'].map((name) => ({ name, available: names.includes(name) }));
const all = here('simd', 'webgpu', 'tensorflow', 'reference');
const failed = (engine: string, code: string) => ({ status: 'failed', engine, error: { code } });

describe('the device', () => {
  it('is the one of that name, else the first whose name has the words, else none', () => {
    expect(chooseDevice(cards, 'radeon')).toBe(cards[1]);
    expect(chooseDevice(cards, '7900')).toBe(cards[0]);
    expect(chooseDevice(cards, null)).toBe(cards[0]);
    expect(chooseDevice(cards, 'Arc')).toBeNull();
    expect(chooseDevice([], null)).toBeNull();
  });
});

describe('the engine to go on with', () => {
  it('is the fastest other one that works', () => {
    expect(nextEngine(failed('webgpu', 'shader-failed'), all)).toBe('simd');
    expect(nextEngine(failed('simd', 'memory-too-small'), all)).toBe('webgpu');
    expect(nextEngine(failed('simd', 'out-of-memory'), here('simd', 'tensorflow'))).toBe('tensorflow');
    expect(nextEngine(failed('auto', 'engine-unavailable'), all)).toBe('webgpu');
    expect(nextEngine(failed('simd', 'out-of-memory'), here('simd'))).toBeNull();
  });

  it('is offered for a lost device, which leaves the run interrupted', () => {
    const lost = { status: 'interrupted', engine: 'webgpu', error: { code: 'device-lost' } };
    expect(nextEngine(lost, all)).toBe('simd');
  });

  it('is none where another would fail alike, or nothing failed', () => {
    expect(nextEngine(failed('webgpu', 'training-diverged'), all)).toBeNull();
    expect(nextEngine({ status: 'done', engine: 'webgpu', error: null }, all)).toBeNull();
    const ended = { status: 'interrupted', engine: 'webgpu', error: { code: 'training-child-died' } };
    expect(nextEngine(ended, all)).toBeNull();
    expect(nextEngine({ ...ended, status: 'failed' }, all)).toBe('simd');
  });
});
