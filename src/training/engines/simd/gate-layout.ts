/** How a recurrent layer's weights lie in the engine's memory: each gate's units rounded up to whole panels. */
import { packPanels, padded } from './matrix.ts';
import type { Memory } from './memory.ts';

export class GateLayout {
  /** U rounded up to whole panels, and the number of blocks times that. */
  readonly unitStride: number;
  readonly width: number;
  readonly #units: number;

  constructor(blocks: number, units: number) {
    this.#units = units;
    this.unitStride = padded(units);
    this.width = blocks * this.unitStride;
  }

  /** A weight (rows, G U) with gate g in block `blocks[g]`, all else zero, and zero rows up to `rowStride`. */
  spread(
    values: ArrayLike<number>,
    rows: number,
    rowStride: number,
    blocks: readonly number[],
  ): Float32Array {
    const spread = new Float32Array(rowStride * this.width);
    this.#eachGate(rows, blocks, (from, to) => {
      for (let u = 0; u < this.#units; u++) spread[to + u] = values[from + u]!;
    });
    return spread;
  }

  /** The reverse of `spread`. */
  gather(spread: Float32Array, rows: number, blocks: readonly number[]): Float32Array {
    const values = new Float32Array(rows * blocks.length * this.#units);
    this.#eachGate(rows, blocks, (to, from) => values.set(spread.subarray(from, from + this.#units), to));
    return values;
  }

  /** Calls `visit` with where each gate of each row begins, close together and spread. */
  #eachGate(rows: number, blocks: readonly number[], visit: (close: number, spread: number) => void): void {
    for (let row = 0; row < rows; row++) {
      blocks.forEach((block, gate) =>
        visit((row * blocks.length + gate) * this.#units, row * this.width + block * this.unitStride),
      );
    }
  }
}

/** Packs a matrix (rows, columns) into panels, or its transpose; the caller frees the address given. */
export function packMatrix(
  memory: Memory,
  matrix: Float32Array,
  rows: number,
  columns: number,
  transposed: boolean,
): number {
  const address = memory.allocate(matrix.length * 4);
  const to = memory.floats(address, matrix.length);
  if (!transposed) {
    packPanels(to, matrix, rows, columns, columns);
    return address;
  }
  const turned = new Float32Array(matrix.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++)
      turned[column * rows + row] = matrix[row * columns + column]!;
  }
  packPanels(to, turned, columns, rows, rows);
  return address;
}
