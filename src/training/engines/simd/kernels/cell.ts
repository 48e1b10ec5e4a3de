/** What a cell gives to the loop over time: how one step's gates are computed and differentiated, four units at a time. */
import type { FunctionBuilder, Local } from '../assembler.ts';

type Pointer = Local<'i32'>;

/** Addresses of four units of one row. Gates lie `units` floats apart from `z` on, in Keras's order. */
export interface ForwardAddresses {
  /** In: gates before activation. Out: what backward needs of them. */
  z: Pointer;
  carry: Pointer;
  nextCarry: Pointer;
  nextState: Pointer;
}

export interface BackwardAddresses {
  /** In: what forward left. Out: dz. */
  z: Pointer;
  carry: Pointer;
  nextCarry: Pointer;
  nextState: Pointer;
  /** In: dLoss/dh of this step, complete. */
  dState: Pointer;
  /** In: dLoss/dc of this step; out: of the step before. */
  dCarry: Pointer;
}

export interface CellKernel {
  gates: number;
  hasCarry: boolean;
  /** The product's result is written where the next state goes, and activated there: nothing but the states is kept. */
  inPlace: boolean;
  /** @param units of a row, rounded up to whole panels. */
  forward(f: FunctionBuilder, units: number, at: ForwardAddresses): void;
  backward(f: FunctionBuilder, units: number, at: BackwardAddresses): void;
}
