/** How a convolution's kernel lies in the engine's memory, and which windows on sequences with a shared prefix share it too. */
import { packPanels, padded } from './matrix.ts';
import type { Memory } from './memory.ts';
import type { Prefix } from './rows.ts';

/** A kernel (K, D, F) of Keras as (K C, F) with rows and columns rounded up to whole panels, C of D, by zeros. */
export class KernelLayout {
  readonly size: number;
  readonly inputs: number;
  readonly filters: number;
  /** D and F rounded up to whole panels. */
  readonly rows: number;
  readonly columns: number;

  constructor([size, inputs, filters]: readonly [number, number, number]) {
    this.size = size;
    this.inputs = inputs;
    this.filters = filters;
    this.rows = padded(inputs);
    this.columns = padded(filters);
  }

  get floats(): number {
    return this.size * this.rows * this.columns;
  }

  /** Tap behind tap, (C, F) each. */
  spread(values: ArrayLike<number>): Float32Array {
    const spread = new Float32Array(this.floats);
    this.#eachRow((close, tap, row) => {
      const to = (tap * this.rows + row) * this.columns;
      for (let f = 0; f < this.filters; f++) spread[to + f] = values[close + f]!;
    });
    return spread;
  }

  /** The reverse of `spread`. */
  gather(spread: Float32Array): Float32Array {
    const values = new Float32Array(this.size * this.inputs * this.filters);
    this.#eachRow((close, tap, row) => {
      const from = (tap * this.rows + row) * this.columns;
      values.set(spread.subarray(from, from + this.filters), close);
    });
    return values;
  }

  /** Taps beside each other in reverse order, (C, K F), as tokens are projected. */
  spreadBeside(values: ArrayLike<number>): Float32Array {
    const spread = new Float32Array(this.floats);
    this.#eachRow((close, tap, row) => {
      const to = (row * this.size + this.size - 1 - tap) * this.columns;
      for (let f = 0; f < this.filters; f++) spread[to + f] = values[close + f]!;
    });
    return spread;
  }

  /** The reverse of `spreadBeside`. */
  gatherBeside(spread: Float32Array): Float32Array {
    const values = new Float32Array(this.size * this.inputs * this.filters);
    this.#eachRow((close, tap, row) => {
      const from = (row * this.size + this.size - 1 - tap) * this.columns;
      values.set(spread.subarray(from, from + this.filters), close);
    });
    return values;
  }

  #eachRow(visit: (close: number, tap: number, row: number) => void): void {
    for (let tap = 0; tap < this.size; tap++)
      for (let row = 0; row < this.inputs; row++) visit((tap * this.inputs + row) * this.filters, tap, row);
  }
}

/** Packs `count` matrices (rows, columns) that stand behind one another into panels each, or their transposes. */
export function packEach(
  memory: Memory,
  matrices: Float32Array,
  count: number,
  columns: number,
  transposed: boolean,
): number {
  const size = matrices.length / count;
  const rows = size / columns;
  const address = memory.allocate(matrices.length * 4);
  const to = memory.floats(address, matrices.length);
  const turned = new Float32Array(size);
  for (let i = 0; i < count; i++) {
    const matrix = matrices.subarray(i * size, (i + 1) * size);
    const packed = to.subarray(i * size, (i + 1) * size);
    if (!transposed) packPanels(packed, matrix, rows, columns, columns);
    else {
      for (let row = 0; row < rows; row++)
        for (let column = 0; column < columns; column++)
          turned[column * rows + row] = matrix[row * columns + column]!;
      packPanels(packed, turned, columns, rows, rows);
    }
  }
  return address;
}

/** The prefix that windows share: those that see nothing behind the prefix of their inputs. Null: none. */
export function prefixOfWindows(
  prefix: Prefix | null,
  { span, strides, front, steps }: { span: number; strides: number; front: number; steps: number },
): Prefix | null {
  if (!prefix) return null;
  const lengths = prefix.lengths.map((length) =>
    Math.max(0, Math.min(steps, Math.floor((length + front - span) / strides) + 1)),
  );
  return lengths.some((length, row) => length > 0 && row !== prefix.carrier)
    ? { lengths, carrier: prefix.carrier }
    : null;
}
