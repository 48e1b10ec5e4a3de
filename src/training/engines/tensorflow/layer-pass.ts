/** One run of a recurrent layer over time, however it is computed: what goes in, what comes out, and the way back. */
import type { RecurrentAttributes } from '../../ops/recurrent.ts';
import type { Handle } from './eager.ts';

/** Which rows of a step are real: all, none, or those of (B, 1). */
export type StepMask = 'all' | 'none' | Handle;

/** Letters: B batch, T time, D input, U units, G gates. */
export interface LayerInputs {
  attributes: RecurrentAttributes;
  B: number;
  T: number;
  D: number;
  /** (T, B, D), in the order the layer reads. */
  x: Handle;
  kernel: Handle;
  recurrentKernel: Handle;
  bias: Handle;
  carryKernel: Handle | null;
  /** Of every step, in that order; null: all steps of all rows are real. */
  mask: readonly StepMask[] | null;
}

export interface LayerGradients {
  /** (T, B, D). */
  x: Handle;
  kernel: Handle;
  recurrentKernel: Handle;
  bias: Handle;
  carryKernel?: Handle;
}

/** Tensors made on the way stay until the pass is freed. */
export interface LayerPass {
  /** (T, B, U) with `returnSequences`, else (B, U). */
  output: Handle;
  /** @param dOutput as the output; can be gone once */
  backward(dOutput: Handle): LayerGradients;
}
