/**
 * Convolution over the tokens of an embedding: every tap's product with every different token is computed once, a table of
 * rows of K F floats, and a window is the sum of K rows' parts (RECURRENT.md, saving 1, for each tap). Blocks of a row stand
 * in reverse order of the taps: a token's gradient is then the sum of windows of K rows of dz as they lie in memory.
 *
 * Letters: E columns of the embedding and F filters, both rounded up to whole panels, K kernel size.
 */
import { i32, type ModuleBuilder } from '../assembler.ts';
import { EIGHT, Eights } from '../eight.ts';
import { matrixProduct, transposedProduct } from '../matrix.ts';
import { ACTIVATIONS, declareSlopes, type FusedName } from './activation.ts';

export interface TokenConvolutionShape {
  inputs: number;
  filters: number;
  size: number;
  strides: number;
  activation: FusedName;
}

/**
 * `project(x, kernel, table, count, 0, 0)`: rows of the table from rows of the embedding; the kernel (E, K F) in panels.
 * `sumTaps(index, table, y, count, bias)`: activated outputs of `count` windows; `index` holds the tokens' rows by position.
 * `slopeRows` as declared beside activations, with rows of dz `strides` positions apart.
 * `kernelGradient(x, dTable, dKernel, count)`, `inputGradient(dTable, kernelTransposed, dx, count, 0, 0)`.
 */
export function declareTokenConvolution(module: ModuleBuilder, shape: TokenConvolutionShape): void {
  const { inputs: E, filters: F, size, strides, activation } = shape;
  const width = size * F;
  matrixProduct(module, 'project', { k: E, n: width, strideA: E, strideC: width, start: 'zero' });
  matrixProduct(module, 'inputGradient', { k: width, n: E, strideA: width, strideC: E, start: 'zero' });
  transposedProduct(module, 'kernelGradient', E, width);
  declareSumTaps(module, shape);
  declareSlopes(module, F, activation, strides * F);
}

/** Vectors of eight that are summed at once: a divisor of `columns`. */
function together(columns: number): number {
  return [4, 2, 1].find((count) => (columns * 4) % (count * EIGHT) === 0)!;
}

function declareSumTaps(
  module: ModuleBuilder,
  { filters: F, size, strides, activation }: TokenConvolutionShape,
): void {
  const parts = Array.from({ length: together(F) }, (_, i) => i * EIGHT);
  const bytes = parts.length * EIGHT;
  module.function('sumTaps', ['i32', 'i32', 'i32', 'i32', 'i32'], (f, index, table, y, count, bias) => {
    const w = new Eights(f);
    const [at, end, row, column] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
    f.while(i32.gt(count, 0), () => {
      f.set(column, 0);
      f.set(end, i32.add(index, size * 4));
      f.repeat(() => {
        const sums = parts.map((offset) => w.locals(w.load(i32.add(bias, column), offset)));
        f.set(at, index);
        const block = f.local('i32', i32.add(i32.add(table, (size - 1) * F * 4), column));
        f.repeat(() => {
          f.set(row, i32.add(block, i32.mul(i32.load(at), size * F * 4)));
          parts.forEach((offset, i) =>
            w.add(sums[i]!, w.load(row, offset)).forEach((half, side) => f.set(sums[i]![side]!, half)),
          );
          f.advance(block, -F * 4);
          f.advance(at, 4);
          return i32.lt(at, end);
        });
        parts.forEach((offset, i) =>
          w.store(i32.add(y, column), ACTIVATIONS[activation].apply(w, sums[i]!), offset),
        );
        f.advance(column, bytes);
        return i32.lt(column, F * 4);
      });
      f.advance(index, strides * 4);
      f.advance(y, F * 4);
      f.set(count, i32.sub(count, 1));
    });
  });
}

/**
 * `sumWindows(starts, list, rows, to, count)`: for `count` tokens, token after token, to (width) = the sum of the `width` floats
 * from row list[i] on, for i from starts[token] to below starts[token + 1]; rows lie `stride` floats apart.
 */
export function declareSumWindows(module: ModuleBuilder, width: number, stride: number): void {
  const parts = Array.from({ length: together(width) }, (_, i) => i * EIGHT);
  module.function('sumWindows', ['i32', 'i32', 'i32', 'i32', 'i32'], (f, starts, list, rows, to, count) => {
    const w = new Eights(f);
    const [at, end, row, column] = [f.local('i32'), f.local('i32'), f.local('i32'), f.local('i32')];
    f.while(i32.gt(count, 0), () => {
      f.set(column, 0);
      f.repeat(() => {
        const sums = parts.map(() => w.locals(w.constant(0)));
        f.set(at, i32.add(list, i32.mul(i32.load(starts), 4)));
        f.set(end, i32.add(list, i32.mul(i32.load(starts, 4), 4)));
        f.while(i32.lt(at, end), () => {
          f.set(row, i32.add(i32.add(rows, column), i32.mul(i32.load(at), stride * 4)));
          parts.forEach((offset, i) =>
            w.add(sums[i]!, w.load(row, offset)).forEach((half, side) => f.set(sums[i]![side]!, half)),
          );
          f.advance(at, 4);
        });
        parts.forEach((offset, i) => w.store(i32.add(to, column), sums[i]!, offset));
        f.advance(column, parts.length * EIGHT);
        return i32.lt(column, width * 4);
      });
      f.advance(to, width * 4);
      f.advance(starts, 4);
      f.set(count, i32.sub(count, 1));
    });
  });
}
