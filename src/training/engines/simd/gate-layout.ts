/** How a recurrent layer's weights lie in the engine's memory: each gate's units rounded up to whole panels. */
import { PANEL, padded } from './matrix.ts';

/** Where the number at a row and column of a matrix lies. */
type Place = (row: number, column: number) => number;

/** Panels of a matrix of `rows` rows, as kernels multiply with it. */
export const inPanels =
  (rows: number): Place =>
  (row, column) =>
    (Math.floor(column / PANEL) * rows + row) * PANEL + (column % PANEL);

/** Panels of the transpose of a matrix of `columns` columns. */
export const inTransposedPanels =
  (columns: number): Place =>
  (row, column) =>
    inPanels(columns)(column, row);

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

  /** As kernels write gradients: row behind row. */
  readonly inRows: Place = (row, column) => row * this.width + column;

  /** Where each number of a weight (rows, G U) with gate g in block `blocks[g]` lies. */
  places(rows: number, blocks: readonly number[], place: Place): Int32Array {
    const places = new Int32Array(rows * blocks.length * this.#units);
    let at = 0;
    for (let row = 0; row < rows; row++)
      for (const block of blocks)
        for (let u = 0; u < this.#units; u++) places[at++] = place(row, block * this.unitStride + u);
    return places;
  }
}

/** Puts numbers where they lie; what lies between them is 0. */
export function spread(to: Float32Array, values: ArrayLike<number>, places: Int32Array): void {
  to.fill(0);
  for (let i = 0; i < places.length; i++) to[places[i]!] = values[i]!;
}

/** The reverse of `spread`. */
export function gather(from: Float32Array, places: Int32Array): Float32Array {
  const values = new Float32Array(places.length);
  for (let i = 0; i < places.length; i++) values[i] = from[places[i]!]!;
  return values;
}
