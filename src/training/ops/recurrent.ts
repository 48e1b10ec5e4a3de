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

interface Support {
  supports: (attributes: RecurrentAttributes) => boolean;
  rowsAtOnce: (attributes: KernelAttributes, T: number) => number;
}

const supported = new Map<string, Support>();

/**
 * An engine that registers the kernels says which cells and activations they compute; the others take the reference.
 * @param rowsAtOnce how many rows of so many steps its kernels take at once; larger batches go through in parts
 */
export function supportRecurrent(
  backend: string,
  supports: Support['supports'],
  rowsAtOnce: Support['rowsAtOnce'] = () => Infinity,
): void {
  supported.set(backend, { supports, rowsAtOnce });
}

/**
 * Runs a recurrent layer. Returns (B, T, U) with `returnSequences` (in the order computed, as Keras: reversed in time for
 * `goBackwards`), else (B, U), the state after the last step.
 */
export function recurrent(inputs: RecurrentInputs, attributes: RecurrentAttributes): tf.Tensor {
  const support = supported.get(tf.getBackend());
  if (!support?.supports(attributes)) return recurrentReference(inputs, attributes);
  const given = { ...attributes, differentiated: tf.engine().state.gradientDepth > 0 };
  const [B, T] = inputs.x.shape;
  const parts = Math.ceil(B / support.rowsAtOnce(given, T));
  return parts > 1 ? inParts(inputs, given, parts) : whole(inputs, given);
}

function whole(inputs: RecurrentInputs, attributes: KernelAttributes): tf.Tensor {
  const { x, kernel, recurrentKernel, bias, carryKernel, mask } = inputs;
  const tensors: tf.NamedTensorMap = { x, kernel, recurrentKernel, bias };
  if (carryKernel) tensors.carryKernel = carryKernel;
  if (mask) tensors.mask = mask;
  const [output] = tf.engine().runKernel(RECURRENT, tensors, attributes) as unknown as [tf.Tensor, tf.Tensor];
  return output;
}

/** The rows dealt out to so many parts, one after the other; the tape adds up what they give for the weights. */
function inParts(inputs: RecurrentInputs, attributes: KernelAttributes, parts: number): tf.Tensor {
  const { x, mask } = inputs;
  const [B] = x.shape;
  const rows = Math.ceil(B / parts);
  const sizes = Array.from({ length: Math.ceil(B / rows) }, (_, i) => Math.min(rows, B - i * rows));
  const masks = mask && tf.split<tf.Tensor2D>(mask, sizes);
  const outputs = tf
    .split<tf.Tensor3D>(x, sizes)
    .map((part, i) => whole({ ...inputs, x: part, mask: masks?.[i] ?? null }, attributes));
  return tf.concat(outputs);
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
