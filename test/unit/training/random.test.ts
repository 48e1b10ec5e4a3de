import { describe, expect, it } from 'vitest';
import { RandomStream, philox, shuffledOrder } from '../../../src/training/random.ts';

const block = (counter: [number, number, number, number], key0: number, key1: number): string => {
  const words = new Uint32Array(4);
  philox(words, counter, key0, key1);
  return Array.from(words, (word) => word.toString(16).padStart(8, '0')).join(' ');
};

describe('philox', () => {
  // The known answers that the authors publish with Random123 (kat_vectors, philox4x32 10).
  it("gives the authors' numbers", () => {
    expect(block([0, 0, 0, 0], 0, 0)).toBe('6627e8d5 e169c58d bc57ac4c 9b00dbd8');
    const ones = 0xffffffff;
    expect(block([ones, ones, ones, ones], ones, ones)).toBe('408f276d 41c83b0e a20bc7c6 6d5451fd');
    expect(block([0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], 0xa4093822, 0x299f31d0)).toBe(
      'd16cfe09 94fdcceb 5001e420 24126ea1',
    );
  });
});

describe('a random stream', () => {
  const first = (stream: RandomStream) => Array.from({ length: 9 }, () => stream.word());

  it('starts anew for the same seed, purpose and position', () => {
    expect(first(new RandomStream(3, 'lstm/kernel', 1, 2))).toEqual(
      first(new RandomStream(3, 'lstm/kernel', 1, 2)),
    );
  });

  it.each([
    ['seed', new RandomStream(4, 'lstm/kernel', 1, 2)],
    ['purpose', new RandomStream(3, 'lstm/bias', 1, 2)],
    ['epoch', new RandomStream(3, 'lstm/kernel', 2, 2)],
    ['batch', new RandomStream(3, 'lstm/kernel', 1, 3)],
  ])('differs with another %s', (_, other) => {
    expect(first(other)).not.toEqual(first(new RandomStream(3, 'lstm/kernel', 1, 2)));
  });

  it('draws uniform and normal numbers of the right mean and variance', () => {
    const random = new RandomStream(1, 'moments');
    const moments = (draw: () => number) => {
      const values = Array.from({ length: 20000 }, draw);
      const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
      return [mean, values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length];
    };
    const [uniformMean, uniformVariance] = moments(() => random.uniform());
    expect(uniformMean).toBeCloseTo(0.5, 2);
    expect(uniformVariance).toBeCloseTo(1 / 12, 2);
    const [normalMean, normalVariance] = moments(() => random.normal());
    expect(normalMean).toBeCloseTo(0, 1);
    expect(normalVariance).toBeCloseTo(1, 1);
  });
});

describe('the order of an epoch', () => {
  it('is a permutation, fixed by seed and epoch', () => {
    const order = shuffledOrder(1000, 7, 3);
    expect(Array.from(order.toSorted())).toEqual(Array.from({ length: 1000 }, (_, i) => i));
    expect(order).toEqual(shuffledOrder(1000, 7, 3));
    expect(order).not.toEqual(shuffledOrder(1000, 7, 4));
    expect(order).not.toEqual(shuffledOrder(1000, 8, 3));
  });
});
