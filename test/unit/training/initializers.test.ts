import { describe, expect, it } from 'vitest';
import { UnrollError } from '../../../src/shared/errors.ts';
import { initialValues } from '../../../src/training/initializers.ts';

const deviation = (values: Float32Array) =>
  Math.sqrt(values.reduce((sum, x) => sum + x * x, 0) / values.length);
const bound = (values: Float32Array) => Math.max(...Array.from(values, Math.abs));

describe('initial weights', () => {
  it('are a function of seed and name', () => {
    const values = initialValues('glorot_uniform', [4, 5], 1, 'dense/kernel');
    expect(initialValues('glorot_uniform', [4, 5], 1, 'dense/kernel')).toEqual(values);
    expect(initialValues('glorot_uniform', [4, 5], 2, 'dense/kernel')).not.toEqual(values);
    expect(initialValues('glorot_uniform', [4, 5], 1, 'dense_1/kernel')).not.toEqual(values);
  });

  it.each([
    ['glorot_uniform', [60, 40], Math.sqrt(6 / 100)],
    ['he_uniform', [60, 40], Math.sqrt(6 / 60)],
    ['lecun_uniform', [60, 40], Math.sqrt(3 / 60)],
    ['random_uniform', [100, 32], 0.05],
    ['glorot_uniform', [3, 20, 40], Math.sqrt(6 / (3 * 60))],
  ])('%s of %j fill their range', (name, shape, limit) => {
    const values = initialValues(name, shape, 1, 'w');
    expect(bound(values)).toBeLessThanOrEqual(limit);
    expect(bound(values)).toBeGreaterThan(0.99 * limit);
    expect(deviation(values) / (limit / Math.sqrt(3))).toBeCloseTo(1, 1);
  });

  it.each([
    ['glorot_normal', 2 / 100],
    ['he_normal', 2 / 60],
    ['lecun_normal', 1 / 60],
  ])('%s has its variance, cut at two deviations', (name, variance) => {
    const values = initialValues(name, [60, 40], 1, 'w');
    expect(deviation(values) / Math.sqrt(variance)).toBeCloseTo(1, 1);
    expect(bound(values)).toBeLessThanOrEqual((2 * Math.sqrt(variance)) / 0.8796);
  });

  it.each([[[6, 6]], [[4, 12]], [[12, 4]]])('orthogonal of %j has orthonormal rows or columns', (shape) => {
    const [rows, columns] = shape as [number, number];
    const values = initialValues('orthogonal', shape, 1, 'w');
    const at = (i: number, k: number) =>
      rows <= columns ? values[i * columns + k]! : values[k * columns + i]!;
    const [short, long] = [Math.min(rows, columns), Math.max(rows, columns)];
    for (let i = 0; i < short; i++) {
      for (let j = 0; j < short; j++) {
        let product = 0;
        for (let k = 0; k < long; k++) product += at(i, k) * at(j, k);
        expect(product).toBeCloseTo(i === j ? 1 : 0, 6);
      }
    }
  });

  it('opens the forget gate of an LSTM', () => {
    expect(Array.from(initialValues('unit_forget', [8], 1, 'lstm/bias'))).toEqual([0, 0, 1, 1, 0, 0, 0, 0]);
  });

  it('refuses an initializer it does not know', () => {
    expect(() => initialValues('magic', [2, 2], 1, 'w')).toThrow(UnrollError);
  });
});
