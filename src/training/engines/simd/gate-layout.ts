/** How a recurrent layer's weights lie in the engine's memory: each gate's units rounded up to whole panels. */
import { packPanels, padded } from './matrix.ts';
import type { Memory } from './memory.ts';

export class GateLayout {
  /** U rounded up to whole panels, and G times that. */
  readonly unitStride: number;
  readonly width: number;
  readonly #gates: number;
  readonly #units: number;

  constructor(gates: number, units: number) {
    this.#gates = gates;
    this.#units = units;
    this.unitStride = padded(units);
    this.width = gates * this.unitStride;
  }

  /** A weight (rows, G U) with its gates `unitStride` apart, and zero rows up to `rowStride`. */
  spread(values: ArrayLike<number>, rows: number, rowStride: number): Float32Array {
    const spread = new Float32Array(rowStride * this.width);
    this.#eachGate(rows, (from, to) => {
      for (let u = 0; u < this.#units; u++) spread[to + u] = values[from + u]!;
    });
    return spread;
  }

  /** The reverse of `spread`. */
  gather(spread: Float32Array, rows: number): Float32Array {
    const values = new Float32Array(rows * this.#gates * this.#units);
    this.#eachGate(rows, (to, from) => values.set(spread.subarray(from, from + this.#units), to));
    return values;
  }

  /** Calls `visit` with where each gate of each row begins, close together and spread. */
  #eachGate(rows: number, visit: (close: number, spread: number) => void): void {
    for (let row = 0; row < rows; row++) {
      for (let gate = 0; gate < this.#gates; gate++) {
        visit((row * this.#gates + gate) * this.#units, row * this.width + gate * this.unitStride);
      }
    }
  }

  /** Packs a spread weight (rows, width) into panels, or its transpose; the caller frees the address given. */
  pack(memory: Memory, spread: Float32Array, rows: number, transposed: boolean): number {
    const address = memory.allocate(spread.length * 4);
    const to = memory.floats(address, spread.length);
    if (!transposed) {
      packPanels(to, spread, rows, this.width, this.width);
      return address;
    }
    const turned = new Float32Array(spread.length);
    for (let row = 0; row < rows; row++) {
      for (let column = 0; column < this.width; column++)
        turned[column * rows + row] = spread[row * this.width + column]!;
    }
    packPanels(to, turned, this.width, rows, rows);
    return address;
  }
}
