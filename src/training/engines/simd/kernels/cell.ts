/** What a cell gives to the loop over time: how one step's gates are computed and differentiated, eight units at a time. */
import type { Local } from '../assembler.ts';
import type { Eights } from '../eight.ts';

type Pointer = Local<'i32'>;

/** Addresses of eight units of one row. Gates lie `units` floats apart from `z` on, in Keras's order. */
export interface ForwardAddresses {
  /** In: gates before activation. Out: what backward needs of them. */
  z: Pointer;
  state: Pointer;
  carry: Pointer;
  nextCarry: Pointer;
  nextState: Pointer;
}

export interface BackwardAddresses {
  /** In: what forward left. Out: dz. */
  z: Pointer;
  state: Pointer;
  carry: Pointer;
  nextCarry: Pointer;
  nextState: Pointer;
  /** In: dLoss/dh of this step, complete. Out, where the cell hands its state on: the part that bypasses the product. */
  dState: Pointer;
  /** In: dLoss/dc of this step; out: of the step before. */
  dCarry: Pointer;
}

export interface CellKernel {
  /** Blocks of z, U units each: where Keras's gates of W and of R go (GRU keeps x's and h's candidate apart). */
  blocks: number;
  kernelBlocks: readonly number[];
  recurrentBlocks: readonly number[];
  hasCarry: boolean;
  /** h_t contains h_(t-1) itself, as GRU's: backward leaves that part in `dState` and the product is added to it. */
  handsStateOn: boolean;
  /** The block that also sees c_(t-1) V, as the book's output gate; null: none. */
  carryBlock: number | null;
  /** The product's result is written where the next state goes, and activated there: nothing but the states is kept. */
  inPlace: boolean;
  /** @param units of a row, rounded up to whole panels. */
  forward(w: Eights, units: number, at: ForwardAddresses): void;
  backward(w: Eights, units: number, at: BackwardAddresses): void;
}
