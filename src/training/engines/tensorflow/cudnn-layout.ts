/**
 * How cuDNN lays a layer's weights out in its one array of parameters: for each gate the input's weights and then the state's,
 * each transposed (units x inputs), and behind them for each gate the input's bias and then the state's. Source: cuDNN's
 * `cudnnGetRNNWeightParams`, and Keras's own conversion (keras/src/backend/tensorflow/rnn.py, `_standardize_cudnn_weights`).
 * cuDNN's LSTM has Keras's order of gates i, f, c, o; its GRU has r, z, h where Keras has z, r, h.
 *
 * Letters: D input, U units, G gates.
 */
import type { RecurrentAttributes } from '../../ops/recurrent.ts';

/** The cells that cuDNN computes as Keras does, by its names for them. */
export type CudnnMode = 'lstm' | 'gru' | 'rnn_tanh' | 'rnn_relu';

/** Null for a layer that cuDNN computes differently or not at all. */
export function cudnnMode(attributes: RecurrentAttributes): CudnnMode | null {
  const { cell, activation, recurrentActivation, resetAfter } = attributes;
  if (cell === 'SimpleRNN')
    return activation === 'tanh' || activation === 'relu' ? `rnn_${activation}` : null;
  if (activation !== 'tanh' || recurrentActivation !== 'sigmoid') return null;
  if (cell === 'LSTM') return 'lstm';
  return cell === 'GRU' && resetAfter ? 'gru' : null;
}

/** A part of cuDNN's array: a gate's matrix, transposed, or its bias. */
export interface Piece {
  of: 'kernel' | 'recurrentKernel' | 'inputBias' | 'recurrentBias';
  /** Keras's number of the gate: which of the columns in U. */
  gate: number;
  size: number;
}

/** Keras's numbers of the gates in cuDNN's order. */
const GATES: Readonly<Record<CudnnMode, readonly number[]>> = {
  lstm: [0, 1, 2, 3],
  gru: [1, 0, 2],
  rnn_tanh: [0],
  rnn_relu: [0],
};

/** The parts in order, one behind the other. Cells with one bias have it as `recurrentBias`, with an `inputBias` of zeros. */
export function cudnnPieces(mode: CudnnMode, D: number, U: number): Piece[] {
  const all = (of: Piece['of'], size: number): Piece[] => GATES[mode].map((gate) => ({ of, gate, size }));
  return [
    ...all('kernel', U * D),
    ...all('recurrentKernel', U * U),
    ...all('inputBias', U),
    ...all('recurrentBias', U),
  ];
}
