/**
 * A whole recurrent layer in cuDNN, TensorFlow's `CudnnRNNV3` (tensorflow/core/ops/cudnn_rnn_ops.cc), where there is CUDA. It
 * knows no masks of sequences padded in front. Written after the operation's definition, TensorFlow's gradient of it
 * (tensorflow/python/ops/cudnn_rnn_grad.py) and Keras's use of it, and not yet run on a CUDA device: so each of its modes is
 * taken only where `tryCudnn` has seen it give what steps one by one give.
 */
import { GATES } from '../../ops/cells.ts';
import type { RecurrentAttributes } from '../../ops/recurrent.ts';
import { cudnnMode, cudnnPieces, type CudnnMode, type Piece } from './cudnn-layout.ts';
import type { Eager, Handle } from './eager.ts';
import type { LayerGradients, LayerInputs, LayerPass } from './layer-pass.ts';
import { stepByStep } from './steps.ts';

type Weights = Pick<LayerGradients, 'kernel' | 'recurrentKernel' | 'bias'>;

/** Keras's weights as cuDNN's one array. */
export function toCudnn(
  eager: Eager,
  mode: CudnnMode,
  [D, U]: readonly [number, number],
  weights: Weights,
): Handle {
  const pieces = cudnnPieces(mode, D, U);
  const gates = pieces.length / 4;
  const columns = {
    kernel: eager.split(weights.kernel, gates),
    recurrentKernel: eager.split(weights.recurrentKernel, gates),
  };
  const biases =
    mode === 'gru'
      ? eager.split(eager.reshape(weights.bias, [2 * gates * U]), 2 * gates, 0)
      : [...Array.from({ length: gates }, () => eager.zeros([U])), ...eager.split(weights.bias, gates, 0)];
  const part = ({ of, gate, size }: Piece): Handle => {
    if (of === 'inputBias') return biases[gate]!;
    if (of === 'recurrentBias') return biases[gates + gate]!;
    return eager.reshape(eager.transpose(columns[of][gate]!), [size]);
  };
  return eager.concat(pieces.map(part), 0);
}

/** cuDNN's one array, of weights or of their gradients, as Keras's weights. */
export function fromCudnn(
  eager: Eager,
  mode: CudnnMode,
  [D, U]: readonly [number, number],
  params: Handle,
): Weights {
  const pieces = cudnnPieces(mode, D, U);
  let at = 0;
  const parts = pieces.map((piece) => {
    const slice = eager.slice(params, [at], [piece.size]);
    at += piece.size;
    return { ...piece, slice };
  });
  const gathered = (of: Piece['of'], shaped: (slice: Handle) => Handle, axis: number): Handle => {
    const own = parts.filter((part) => part.of === of).toSorted((a, b) => a.gate - b.gate);
    return eager.concat(
      own.map(({ slice }) => shaped(slice)),
      axis,
    );
  };
  const matrix = (inputs: number) => (slice: Handle) => eager.transpose(eager.reshape(slice, [U, inputs]));
  const bias = (of: Piece['of']) => gathered(of, (slice) => slice, 0);
  const N = (pieces.length / 4) * U;
  return {
    kernel: gathered('kernel', matrix(D), 1),
    recurrentKernel: gathered('recurrentKernel', matrix(U), 1),
    bias:
      mode === 'gru'
        ? eager.reshape(eager.concat([bias('inputBias'), bias('recurrentBias')], 0), [2, N])
        : bias('recurrentBias'),
  };
}

/**
 * @param differentiated whether the gradient may be asked for
 * @throws Error of TensorFlow's where it has no kernel for the device
 */
export function cudnn(eager: Eager, mode: CudnnMode, layer: LayerInputs, differentiated: boolean): LayerPass {
  const { B, T, D, x, attributes } = layer;
  const U = attributes.units;
  const zeros = eager.zeros([1, B, U]);
  const carry = mode === 'lstm' ? zeros : eager.floats([], new Float32Array(1));
  const lengths = eager.integers([B], new Int32Array(B).fill(T));
  const inputs = [x, zeros, carry, toCudnn(eager, mode, [D, U], layer), lengths];
  const asked = [eager.text('rnn_mode', mode), eager.flag('time_major', true)];
  const made = eager.ops('CudnnRNNV3', inputs, [...asked, eager.flag('is_training', differentiated)], 5);
  const [output, lastState, lastCarry] = made as [Handle, Handle, Handle, Handle, Handle];
  return {
    output: attributes.returnSequences ? eager.op('Identity', [output]) : eager.reshape(lastState, [B, U]),
    backward(dOutput) {
      const sequences = attributes.returnSequences;
      const dSteps = sequences ? dOutput : eager.zeros([T, B, U]);
      const dLast = sequences ? zeros : eager.reshape(dOutput, [1, B, U]);
      const dCarry = eager.op('ZerosLike', [lastCarry]);
      const [states, reserves] = [made.slice(0, 3), made.slice(3)];
      const given = [...inputs, ...states, dSteps, dLast, dCarry, ...reserves];
      const found = eager.ops('CudnnRNNBackpropV3', given, asked, 4);
      return { x: found[0]!, ...fromCudnn(eager, mode, [D, U], found[3]!) };
    },
  };
}

const [B, T, D, U] = [2, 3, 2, 4];
/** Of values around 1, where the environment has the card round its products to ten bits. */
const TOLERANCE = 1e-2;
const TRIED: RecurrentAttributes = {
  cell: 'LSTM',
  units: U,
  activation: 'tanh',
  recurrentActivation: 'sigmoid',
  returnSequences: true,
  goBackwards: false,
  resetAfter: true,
  outputSees: 'old',
};

/** One cell for each mode. */
const CELLS: readonly RecurrentAttributes[] = [
  TRIED,
  { ...TRIED, cell: 'GRU', returnSequences: false },
  { ...TRIED, cell: 'SimpleRNN' },
  { ...TRIED, cell: 'SimpleRNN', activation: 'relu' },
];

/** Characters of TensorFlow's own words. */
const MOST_WORDS = 200;

export interface CudnnTrial {
  /** Those that TensorFlow has for its device here, and that give outputs and gradients as steps one by one do. */
  modes: ReadonlySet<CudnnMode>;
  /** Why the first of the others is none of them; null where there are no others. */
  reason: string | null;
}

/** Tries each of cuDNN's modes on a layer of a few numbers. */
export function tryCudnn(eager: Eager): CudnnTrial {
  const modes = new Set<CudnnMode>();
  let reason: string | null = null;
  for (const attributes of CELLS) {
    const mode = cudnnMode(attributes)!;
    try {
      if (eager.scope(() => ({ result: agrees(eager, attributes), keep: [] }))) modes.add(mode);
      else reason ??= `${mode} gives other numbers`;
    } catch (error) {
      const words = error instanceof Error ? error.message : String(error);
      // Its number for the fault, then in words what it is, then every kernel that there is.
      reason ??= `${mode}: ${words.split('\n').slice(0, 2).join(' ').slice(0, MOST_WORDS)}`;
    }
  }
  return { modes, reason };
}

function agrees(eager: Eager, attributes: RecurrentAttributes): boolean {
  const N = GATES[attributes.cell] * U;
  const some = (...shape: number[]): Handle => {
    const length = shape.reduce((product, size) => product * size, 1);
    return eager.floats(
      shape,
      Float32Array.from({ length }, (_, i) => Math.sin(7 * i + length)),
    );
  };
  const layer: LayerInputs = {
    ...{ attributes, B, T, D, x: some(T, B, D), kernel: some(D, N), recurrentKernel: some(U, N) },
    bias: attributes.cell === 'GRU' ? some(2, N) : some(N),
    carryKernel: null,
    mask: null,
  };
  const dOutput = attributes.returnSequences ? some(T, B, U) : some(B, U);
  const numbers = (pass: LayerPass): number[] => {
    const { x, kernel, recurrentKernel, bias } = pass.backward(dOutput);
    return [pass.output, x, kernel, recurrentKernel, bias].flatMap((handle) => [...eager.read(handle)]);
  };
  const found = numbers(cudnn(eager, cudnnMode(attributes)!, layer, true));
  return numbers(stepByStep(eager, layer)).every((value, i) => Math.abs(value - found[i]!) <= TOLERANCE);
}
