import { describe, expect, it } from 'vitest';
import { bySpeed, fastestOf, reasonFor, type Measured } from '../../../src/shared/engine-speed.ts';

const result = (name: string, examplesPerSecond: number | null, device: string | null = null): Measured => ({
  ...{ name, device, available: examplesPerSecond !== null, detail: 'its detail', examplesPerSecond },
});
const results = [result('simd', 1000), result('webgpu', 50, 'a slow card'), result('webgpu', 4100, 'a card')];
const measurement = { model: 'lecture-lstm', at: 0, results };
const here = (name: string) => ({ name, available: true, detail: '' });
const simd = { engine: 'simd', chosen: false, device: null } as const;

it('puts the fastest first, and names none where none could be measured', () => {
  expect(
    bySpeed([result('tensorflow', null), ...results]).map(({ examplesPerSecond: speed }) => speed),
  ).toEqual([...[4100, 1000, 50, null]]);
  expect(fastestOf(results)?.device).toBe('a card');
  expect(fastestOf([result('tensorflow', null)])).toBeNull();
});

describe('the reason', () => {
  it('of the engine in use is whose choice it is, and how it was measured', () => {
    expect(reasonFor(here('simd'), simd, null)).toBe(
      'used: no other is chosen, and it needs no driver or library',
    );
    expect(reasonFor(here('simd'), { ...simd, chosen: true }, measurement)).toBe(
      'used: it is chosen in the settings; measured 4.1 times slower than webgpu on lecture-lstm',
    );
    const card = { engine: 'webgpu', chosen: true, device: 'a card' } as const;
    expect(reasonFor(here('webgpu'), card, measurement)).toMatch(/; the fastest measured on lecture-lstm$/);
    const gone = { ...here('webgpu'), available: false, detail: 'no driver' };
    expect(reasonFor(gone, card, measurement)).toBe('chosen, but not here: no driver');
  });

  it('of another is what it lacks, or how it was measured against the one in use', () => {
    const gone = { ...here('tensorflow'), available: false, detail: 'not installed' };
    expect(reasonFor(gone, simd, measurement)).toBe('not here: not installed');
    expect(reasonFor(here('webgpu'), simd, null)).toBe(
      'not used: never measured here against the one in use',
    );
    expect(reasonFor(here('webgpu'), simd, measurement)).toBe(
      'not used, though measured 4.1 times faster than simd on lecture-lstm: it can be chosen for new runs',
    );
    const slow = { engine: 'webgpu', chosen: true, device: 'a slow card' } as const;
    expect(reasonFor(here('simd'), slow, measurement)).toContain('20 times faster than webgpu');
    const alike = { ...measurement, results: [result('simd', 100), result('tensorflow', 98)] };
    expect(reasonFor(here('tensorflow'), simd, alike)).toBe(
      'not used: measured as fast as simd on lecture-lstm',
    );
    const broken = { ...measurement, results: [result('simd', 100), result('tensorflow', null)] };
    expect(reasonFor(here('tensorflow'), simd, broken)).toBe(
      'not used: it could not train lecture-lstm (its detail)',
    );
  });
});
