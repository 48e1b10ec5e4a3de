import { describe, expect, it } from 'vitest';
import { bestOf, betterIs } from '../../../src/shared/best.ts';

describe('the best value of a metric', () => {
  it('is the highest accuracy and the lowest loss or error', () => {
    expect(['acc', 'val_acc', 'accuracy'].map(betterIs)).toEqual(['max', 'max', 'max']);
    expect(['loss', 'val_loss', 'mae'].map(betterIs)).toEqual(['min', 'min', 'min']);
  });

  it('names the epoch that reached it first', () => {
    expect(bestOf('val_acc', [0.5, 0.8, 0.8, 0.7], [3, 4, 5, 6])).toEqual({ value: 0.8, epoch: 4 });
    expect(bestOf('val_loss', [0.5, 0.2, 0.9], [1, 2, 3])).toEqual({ value: 0.2, epoch: 2 });
  });

  it('passes over what is missing or not finite', () => {
    expect(bestOf('loss', [NaN, null, 0.4, undefined, Infinity], [1, 2, 3, 4, 5])).toEqual({
      value: 0.4,
      epoch: 3,
    });
    expect(bestOf('loss', [NaN, null], [1, 2])).toBeNull();
    expect(bestOf('loss', [], [])).toBeNull();
  });
});
