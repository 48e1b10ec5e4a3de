/**
 * What surrounds the loop over time: rows of the input projected once (x W + b, for an embedding once per different token;
 * RECURRENT.md, saving 1) and, backward, the gradients of the input, of W and of the bias.
 */
import { f32x4, i32, v128, type ModuleBuilder } from '../assembler.ts';
import { matrixProduct, transposedProduct } from '../matrix.ts';
import type { CellKernel } from './cell.ts';

/**
 * @param inputs D rounded up to whole panels, the distance between rows of x
 * @param units rounded up to whole panels
 */
export function declareInput(module: ModuleBuilder, inputs: number, cell: CellKernel, units: number): void {
  const width = cell.blocks * units;
  matrixProduct(module, 'project', { k: inputs, n: width, strideA: inputs, strideC: width, start: 'bias' });
  matrixProduct(module, 'inputGradient', {
    k: width,
    n: inputs,
    strideA: width,
    strideC: inputs,
    start: 'zero',
  });
  transposedProduct(module, 'kernelGradient', inputs, width);
  if (cell.carryBlock !== null) transposedProduct(module, 'carryKernelGradient', units, units, width);
  declareSumColumns(module, width);
  declareSumRows(module, width);
}

/** `sumColumns(rows, to, count)`: to (width) += the sum of `count` rows. */
function declareSumColumns(module: ModuleBuilder, width: number): void {
  module.function('sumColumns', ['i32', 'i32', 'i32'], (f, rows, to, count) => {
    const end = f.local('i32', i32.add(rows, width * 4));
    const row = f.local('i32');
    const left = f.local('i32');
    f.repeat(() => {
      const sums = [0, 16].map((half) => f.local('v128', v128.load(to, half)));
      f.set(row, rows);
      f.set(left, count);
      f.while(i32.gt(left, 0), () => {
        sums.forEach((sum, half) => f.set(sum, f32x4.add(sum, v128.load(row, half * 16))));
        f.advance(row, width * 4);
        f.set(left, i32.sub(left, 1));
      });
      sums.forEach((sum, half) => f.storeVector(to, sum, half * 16));
      f.advance(to, 32);
      f.advance(rows, 32);
      return i32.lt(rows, end);
    });
  });
}

/**
 * `sumRows(starts, list, rows, to, count)`: for each of `count` groups, to (width) = the sum of rows number
 * list[starts[g]] … list[starts[g + 1] - 1] (at least one), in the order listed.
 */
function declareSumRows(module: ModuleBuilder, width: number): void {
  const VECTORS = Math.min(8, width / 4);
  module.function('sumRows', ['i32', 'i32', 'i32', 'i32', 'i32'], (f, starts, list, rows, to, count) => {
    const at = f.local('i32');
    const end = f.local('i32');
    const row = f.local('i32');
    f.while(i32.gt(count, 0), () => {
      for (let column = 0; column < width; column += VECTORS * 4) {
        const parts = Array.from(
          { length: Math.min(VECTORS, (width - column) / 4) },
          (_, i) => (column + i * 4) * 4,
        );
        const sums = parts.map(() => f.local('v128'));
        for (const sum of sums) f.set(sum, v128.const(0));
        f.set(at, i32.add(list, i32.mul(i32.load(starts), 4)));
        f.set(end, i32.add(list, i32.mul(i32.load(starts, 4), 4)));
        f.repeat(() => {
          f.set(row, i32.add(rows, i32.mul(i32.load(at), width * 4)));
          parts.forEach((offset, i) => f.set(sums[i]!, f32x4.add(sums[i]!, v128.load(row, offset))));
          f.advance(at, 4);
          return i32.lt(at, end);
        });
        parts.forEach((offset, i) => f.storeVector(to, sums[i]!, offset));
      }
      f.advance(to, width * 4);
      f.advance(starts, 4);
      f.set(count, i32.sub(count, 1));
    });
  });
}

/** `gatherRows(table, numbers, to, count)`: rows of `columns` floats by number, laid `stride` floats apart. */
export function declareGather(module: ModuleBuilder, columns: number, stride: number): void {
  module.function('gatherRows', ['i32', 'i32', 'i32', 'i32'], (f, table, numbers, to, count) => {
    const row = f.local('i32');
    f.while(i32.gt(count, 0), () => {
      f.set(row, i32.add(table, i32.mul(i32.load(numbers), columns * 4)));
      for (let at = 0; at + 4 <= columns; at += 4) f.storeVector(to, v128.load(row, at * 4), at * 4);
      for (let at = columns - (columns % 4); at < columns; at++)
        f.copy(i32.add(to, at * 4), i32.add(row, at * 4), 4);
      if (stride > columns) f.clear(i32.add(to, columns * 4), (stride - columns) * 4);
      f.advance(to, stride * 4);
      f.advance(numbers, 4);
      f.set(count, i32.sub(count, 1));
    });
  });
}
