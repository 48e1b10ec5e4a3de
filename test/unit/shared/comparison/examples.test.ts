import { describe, expect, it } from 'vitest';
import {
  byLength,
  disagreements,
  lengthRanges,
  scoresOf,
} from '../../../../src/shared/comparison/examples.ts';

const answers = {
  labels: Float32Array.of(1, 0, 1, 0),
  lengths: Uint32Array.of(3, 9, 9, 40),
  classes: true,
};

describe('examples', () => {
  it('are right or wrong for classes, and have an error for values', () => {
    const said = { predictions: Float32Array.of(0.9, 0.2, 0.4, 0.7), outputs: 1 };
    expect([...scoresOf(said, answers)]).toEqual([1, 1, 0, 0]);
    const errors = scoresOf(said, { ...answers, classes: false });
    expect(errors[2]).toBeCloseTo(0.6, 6);
  });

  it('are grouped by length without losing one, however alike their lengths', () => {
    expect(lengthRanges(Uint32Array.of())).toEqual([]);
    expect(lengthRanges(Uint32Array.of(5, 5, 5))).toEqual([{ from: 5, to: 5 }]);
    const lengths = Uint32Array.from({ length: 1000 }, (_, i) => 1 + ((i * i) % 317));
    const ranges = lengthRanges(lengths);
    expect(ranges).toHaveLength(8);
    ranges.slice(1).forEach(({ from }, i) => expect(from).toBe(ranges[i]!.to + 1));
    expect(ranges[0]?.from).toBe(Math.min(...lengths));
    expect(ranges.at(-1)?.to).toBe(Math.max(...lengths));
  });

  it('of a length have a mean and, for shares, an interval around it', () => {
    const groups = byLength([Float64Array.of(1, 1, 0, 1)], answers);
    expect(groups.map(({ examples }) => examples).reduce((sum, count) => sum + count)).toBe(4);
    const nine = groups.find(({ from, to }) => from <= 9 && to >= 9);
    expect(nine?.results[0]?.mean).toBe(0.5);
    expect(nine?.results[0]?.interval?.low).toBeLessThan(0.5);
    expect(
      byLength([Float64Array.of(1, 1, 0, 1)], { ...answers, classes: false })[0]?.results[0]?.interval,
    ).toBeNull();
  });

  it('that two runs class differently come with those both are surest of first', () => {
    const first = { predictions: Float32Array.of(0.9, 0.51, 0.2, 0.6), outputs: 1 };
    const second = { predictions: Float32Array.of(0.1, 0.49, 0.1, 0.05), outputs: 1 };
    const found = disagreements(first, second);
    expect(found.map(({ index }) => index)).toEqual([0, 3, 1]);
    expect(found[0]).toMatchObject({ first: 1, second: 0 });
    expect(found[0]?.confidence.map((value) => value.toFixed(2))).toEqual(['0.90', '0.90']);
  });
});
