import { describe, expect, it } from 'vitest';
import { Pace } from '../../../../src/main/training/pace.ts';

describe('the time training will still take', () => {
  it('is unknown at first, then follows the batches done', () => {
    const pace = new Pace(4);
    expect(pace.remaining(1, 0.1, 100)).toBeNull();
    // A tenth of an epoch in 2 s: 20 s an epoch, 3.8 epochs to go.
    expect(pace.remaining(1, 0.2, 102)).toBeCloseTo(76);
  });

  it('follows the last epoch once there is one', () => {
    const pace = new Pace(4);
    pace.remaining(1, 0.5, 0);
    pace.epochTook(10);
    expect(pace.remaining(2, 0.5, 15)).toBeCloseTo(25);
  });

  it('counts from where a resumed run began', () => {
    const pace = new Pace(10);
    pace.remaining(9, 0.5, 1000);
    expect(pace.remaining(9, 0.75, 1005)).toBeCloseTo(25);
  });

  it('does not count a pause', () => {
    const pace = new Pace(2);
    pace.remaining(1, 0, 0);
    pace.remaining(1, 0.5, 5);
    pace.restart();
    expect(pace.remaining(1, 0.5, 1000)).toBeNull();
    expect(pace.remaining(1, 0.6, 1001)).toBeCloseTo(14);
  });

  it('is never negative', () => {
    const pace = new Pace(1);
    pace.epochTook(3);
    expect(pace.remaining(1, 1, 9)).toBe(0);
  });
});
