import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../../../src/shared/data/piece.ts';
import { MersenneTwister } from '../../../../src/shared/random/mersenne-twister.ts';
import numpy from './numpy-random-state.json' with { type: 'json' };

const sha256 = (array: Uint32Array) => createHash('sha256').update(bytesOf(array)).digest('hex');

describe.each(numpy.cases)("NumPy's RandomState($seed)", (expected) => {
  it('yields the same 32-bit words, also after the state was renewed', () => {
    const random = new MersenneTwister(expected.seed);
    const words = Array.from({ length: 1500 }, () => random.nextUint32());
    expect([0, 1, 623, 624, 1499].map((index) => words[index])).toEqual(expected.words);
  });

  it('yields the same doubles', () => {
    const random = new MersenneTwister(expected.seed);
    expect(expected.doubles.map(() => random.nextDouble())).toEqual(expected.doubles);
  });

  it('permutes the same way', () => {
    expect([...new MersenneTwister(expected.seed).permutation(12)]).toEqual(expected.permutation);
  });

  it('shuffles one array after another as NumPy does with one generator', () => {
    const random = new MersenneTwister(expected.seed);
    const ten = Array.from({ length: 10 }, (_, index) => index);
    random.shuffle(ten);
    expect(ten).toEqual(expected.shuffledTen);
    const train = random.permutation(25000);
    expect([...train.subarray(0, 5)]).toEqual(expected.trainHead);
    expect(sha256(train)).toBe(expected.trainSha256);
    expect(sha256(random.permutation(25000))).toBe(expected.testSha256);
  });
});

it('draws from an interval of one number without using randomness', () => {
  const random = new MersenneTwister(5);
  expect(random.nextInterval(0)).toBe(0);
  expect(random.nextUint32()).toBe(new MersenneTwister(5).nextUint32());
});
