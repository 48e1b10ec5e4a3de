/**
 * The op `recurrent`: a whole recurrent layer over time as one operation, with its gradient. An engine that registers the
 * kernels below runs it fast; on any other backend the plain reference runs, differentiated by tfjs's tape.
 *
 * Letters: B batch, T time, D input, U units, G gates (SimpleRNN 1, LSTM and BookLSTM 4, GRU 3).
 */
import * as tf from '@tensorflow/tfjs-core';
import { recurrentReference } from './recurrent.reference.ts';

export const CELLS = ['SimpleRNN', 'LSTM', 'GRU', 'BookLSTM'] as const;
export type Cell = (typeof CELLS)[number];

export interface RecurrentAttributes extends tf.NamedAttrMap {
  cell: Cell;
  units: number;
  activation: string;
  recurrentActivation: string;
  returnSequences: boolean;
  goBackwards: boolean;
  /** GRU: two biases, the reset gate applied after the recurrent product (Keras's default). */
  resetAfter: boolean;
  /** BookLSTM: which carry its output gate sees; `old` is the lecture's text. */
  outputSees: 'old' | 'new';
}

/** What the kernel gets: whether its gradient will be asked for, so that it keeps what that needs. */
export interface KernelAttributes extends RecurrentAttributes {
  differentiated: boolean;
}

/** All weights of one layer. Missing biases are passed as zeros, so kernels need no second form. */
export interface RecurrentInputs {
  /** (B, T, D) float32. */
  x: tf.Tensor3D;
  /** (D, G U): gates in Keras's order (LSTM i, f, c, o; GRU z, r, h; BookLSTM i, f, k, o). */
  kernel: tf.Tensor2D;
  /** (U, G U). */
  recurrentKernel: tf.Tensor2D;
  /** (G U), or (2, G U) for GRU with reset_after: input bias, then recurrent bias. */
  bias: tf.Tensor;
  /** BookLSTM's V_o (U, U); else null. */
  carryKernel: tf.Tensor2D | null;
  /** (B, T) int32 or bool, 1 where the step is real; null: all are. A masked step repeats the state before it. */
  mask: tf.Tensor2D | null;
}

export const RECURRENT = 'UnrollRecurrent';
export const RECURRENT_GRADIENT = 'UnrollRecurrentGradient';

const supported = new Map<string, (attributes: RecurrentAttributes) => boolean>();

/** An engine that registers the kernels says which cells and activations they compute; the others take the reference. */
export function supportRecurrent(
  backend: string,
  supports: (attributes: RecurrentAttributes) => boolean,
): void {
  supported.set(backend, supports);
}

/**
 * Runs a recurrent layer. Returns (B, T, U) with `returnSequences` (in the order computed, as Keras: reversed in time for
 * `goBackwards`), else (B, U), the state after the last step.
 */
export function recurrent(inputs: RecurrentInputs, attributes: RecurrentAttributes): tf.Tensor {
  if (!supported.get(tf.getBackend())?.(attributes)) return recurrentReference(inputs, attributes);
  const { x, kernel, recurrentKernel, bias, carryKernel, mask } = inputs;
  const tensors: tf.NamedTensorMap = { x, kernel, recurrentKernel, bias };
  if (carryKernel) tensors.carryKernel = carryKernel;
  if (mask) tensors.mask = mask;
  const differentiated = tf.engine().state.gradientDepth > 0;
  const [output] = tf
    .engine()
    .runKernel(RECURRENT, tensors, { ...attributes, differentiated }) as unknown as [tf.Tensor, tf.Tensor];
  return output;
}

/**
 * The kernel gives [output, reserve]: `reserve` stands for whatever the engine kept for the backward pass and is freed with
 * the tape. The gradient kernel gives [dx, dKernel, dRecurrentKernel, dBias] and, with a carryKernel, dCarryKernel.
 */
tf.registerGradient({
  kernelName: RECURRENT,
  outputsToSave: [true, true],
  gradFunc: (dy, [output, reserve], attributes) => {
    const inputs = { dy: (dy as tf.Tensor[])[0]!, output: output!, reserve: reserve! };
    const gradients = tf.engine().runKernel(RECURRENT_GRADIENT, inputs, attributes) as unknown as tf.Tensor[];
    const names = ['x', 'kernel', 'recurrentKernel', 'bias', 'carryKernel'];
    return Object.fromEntries(gradients.map((gradient, i) => [names[i]!, () => gradient]));
  },
});
