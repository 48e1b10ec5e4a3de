/** Where everything stands in the view of a recurrent layer over time, in units of the drawing. */
import type { Walk } from '../../shared/layers/layer.ts';

export const CELL = { width: 84, height: 44 } as const;
/** From one step to the next; further where the wires of another row run between. */
const STEP = 128;
const WIDE_STEP = 164;
const ROW = 116;
/** The middle of the topmost row of cells. */
const TOP = 96;
/** How far below a cell's middle its weights run. */
const WEIGHTS_BELOW = 42;
/** Room for the layer as a loop, left of its steps. */
const FOLDED = 176;
const MARGIN = 172;

export interface UnrolledCell {
  /** Which step it stands at, from 0. */
  step: number;
  x: number;
  /** Which step it is reached as, from 0: backwards, the last step is the first. */
  turn: number;
  /** Whether its output is handed on. */
  shown: boolean;
}

export interface UnrolledRow {
  walk: Walk;
  y: number;
  weightsY: number;
  /** In the order they are walked. */
  cells: readonly UnrolledCell[];
  /** Where the walk begins, beside its first cell. */
  startX: number;
  /** -1 from right to left. */
  direction: 1 | -1;
  /** Inputs and outputs of a row stand beside those of the other one. */
  inputShift: number;
  outputShift: number;
}

export interface Unrolled {
  width: number;
  height: number;
  /** The x of every step. */
  columns: readonly number[];
  /** The first walk is the lowest. */
  rows: readonly UnrolledRow[];
  /** The layer as a loop, for a layer that walks once; else null. */
  folded: { x: number; y: number } | null;
  inputsY: number;
  outputsY: number;
}

/** @param steps how many steps the example has */
export function unroll(walks: readonly Walk[], steps: number): Unrolled {
  const once = walks.length === 1;
  const left = (once ? FOLDED : 0) + MARGIN;
  const apart = once ? STEP : WIDE_STEP;
  const columns = Array.from({ length: steps }, (_, step) => left + step * apart);
  const rows = walks.map((walk, index): UnrolledRow => {
    const y = TOP + (walks.length - 1 - index) * ROW;
    const direction = walk.backwards ? -1 : 1;
    const cells = columns.map((x, step): UnrolledCell => {
      const turn = walk.backwards ? steps - 1 - step : step;
      return { step, x, turn, shown: walk.sequences || turn === steps - 1 };
    });
    const inOrder = cells.toSorted((a, b) => a.turn - b.turn);
    const shift = once ? 0 : index === 0 ? -1 : 1;
    return {
      walk,
      y,
      weightsY: y + WEIGHTS_BELOW,
      cells: inOrder,
      startX: inOrder[0]!.x - direction * 88,
      direction,
      inputShift: shift === 1 ? 54 : 0,
      outputShift: shift === -1 ? -54 : 0,
    };
  });
  const lowest = rows[0]!.y;
  return {
    width: columns.at(-1)! + (walks.some(({ backwards }) => backwards) ? 150 : 90),
    height: lowest + 118,
    columns,
    rows,
    folded: once ? { x: 70, y: lowest } : null,
    inputsY: lowest + 84,
    outputsY: 22,
  };
}
