/** Dropout with Philox's numbers (training/random.ts), four counters at a time. */
import { bits, f32x4, i32, i32x4, v128, type Local, type ModuleBuilder } from '../assembler.ts';

/** Numbers that four counters give: the least that is drawn at once. */
export const DRAWN = 16;

type Four = [Local<'v128'>, Local<'v128'>, Local<'v128'>, Local<'v128'>];

/**
 * `dropout(x, to, count, counter, a, b, key0, key1, threshold, kept)`: `to` = x times 0 where the word drawn is below
 * `threshold`, else times the float at `kept`. `count` is a multiple of 16 numbers; the first of them take the words of
 * `counter`, as a stream of draws of (a, b) under the keys gives them.
 */
export function declareDropout(module: ModuleBuilder): void {
  module.function(
    'dropout',
    ['i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32', 'i32'],
    (f, x, to, count, counter, a, b, key0, key1, threshold, kept) => {
      const [factor, limit] = [f.local('v128'), f.local('v128')];
      const four = () => [0, 1, 2, 3].map(() => f.local('v128')) as Four;
      const [words, [low0, high0, low1, high1]] = [four(), four()];
      const [k0, k1] = [f.local('v128'), f.local('v128')];
      f.set(factor, v128.loadSplat(kept));
      f.set(limit, i32x4.splat(threshold));
      const offsets = f.local('v128');
      f.set(offsets, v128.lanesI32(0, 1, 2, 3));
      f.while(i32.gt(count, 0), () => {
        f.set(words[0], i32x4.add(i32x4.splat(counter), offsets));
        f.set(words[1], i32x4.splat(a));
        f.set(words[2], i32x4.splat(b));
        f.set(words[3], v128.constI32(0));
        f.set(k0, i32x4.splat(key0));
        f.set(k1, i32x4.splat(key1));
        const round = (): void => {
          const [c0, c1, c2, c3] = words;
          const [factor0, factor1] = [v128.constI32(0xd2511f53 | 0), v128.constI32(0xcd9e8d57 | 0)];
          f.set(low0, i32x4.productsLow(c0, factor0));
          f.set(high0, i32x4.productsHigh(c0, factor0));
          f.set(low1, i32x4.productsLow(c2, factor1));
          f.set(high1, i32x4.productsHigh(c2, factor1));
          f.set(c0, bits.xor(bits.xor(bits.lanesOfTwo(low1, high1, 1, 3, 5, 7), c1), k0));
          f.set(c1, bits.lanesOfTwo(low1, high1, 0, 2, 4, 6));
          f.set(c2, bits.xor(bits.xor(bits.lanesOfTwo(low0, high0, 1, 3, 5, 7), c3), k1));
          f.set(c3, bits.lanesOfTwo(low0, high0, 0, 2, 4, 6));
          f.set(k0, i32x4.add(k0, v128.constI32(0x9e3779b9 | 0)));
          f.set(k1, i32x4.add(k1, v128.constI32(0xbb67ae85 | 0)));
        };
        for (let i = 0; i < 10; i++) round();
        for (const word of words) f.set(word, bits.andNot(factor, i32x4.lessUnsigned(word, limit)));
        transpose(words).forEach((factors, i) =>
          f.storeVector(to, f32x4.mul(v128.load(x, i * 16), factors), i * 16),
        );
        f.advance(counter, 4);
        f.advance(x, DRAWN * 4);
        f.advance(to, DRAWN * 4);
        f.set(count, i32.sub(count, DRAWN));
      });
    },
  );
}

/** The first lanes of four vectors, the second ones, … */
function transpose([a, b, c, d]: Four) {
  const pairs = (x: Local<'v128'>, y: Local<'v128'>, first: number) =>
    bits.lanesOfTwo(x, y, first, first + 4, first + 1, first + 5);
  return [0, 2].flatMap((first) => {
    const [ab, cd] = [pairs(a, b, first), pairs(c, d, first)];
    return [bits.lanesOfTwo(ab, cd, 0, 1, 4, 5), bits.lanesOfTwo(ab, cd, 2, 3, 6, 7)];
  });
}
