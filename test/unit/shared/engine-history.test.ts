import { expect, it } from 'vitest';
import { withNextEngine } from '../../../src/shared/engine-history.ts';

it('names each engine with how far it came, and none that trained nothing', () => {
  const first = withNextEngine('simd', 'webgpu', { epoch: 2, batch: 0 })!;
  expect(first).toBe('simd to epoch 2, then webgpu');
  const second = withNextEngine(first, 'tensorflow', { epoch: 4, batch: 7 })!;
  expect(second).toBe('simd to epoch 2, then webgpu into epoch 5, then tensorflow');
  // It was lost before its first batch.
  expect(withNextEngine(first, 'tensorflow', null)).toBe('simd to epoch 2, then tensorflow');
  expect(withNextEngine(first, 'tensorflow', { epoch: 2, batch: 0 })).toBe(
    'simd to epoch 2, then tensorflow',
  );
  expect(withNextEngine(first, 'simd', null)).toBeNull();
  expect(withNextEngine(second, 'webgpu', null)).toBe('simd to epoch 2, then webgpu');
});

it('is nothing while one engine trains', () => {
  expect(withNextEngine('auto', 'simd', null)).toBeNull();
  expect(withNextEngine('simd', 'simd', { epoch: 3, batch: 1 })).toBeNull();
});
