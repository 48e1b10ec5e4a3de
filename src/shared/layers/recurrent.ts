/**
 * What SimpleRNN, LSTM, GRU and BookLSTM share: parameters with Keras's defaults, shapes, weights and work.
 * Letters: T time, D input size, U units, G gates.
 */
import { z } from 'zod';
import type { Shape } from '../graph/graph.ts';
import type { ParameterHelp, ShapeResult, SymbolMeaning, Walk, WeightSpec } from './layer.ts';
import { activationSchema } from './activations.ts';
import { initializerSchema, type InitializerName } from './initializers.ts';
import { fits, sequenceProblem } from './shapes.ts';
import { heldFields, heldHelp, weight } from './weights.ts';

const rate = z.number().min(0).max(1).default(0);

/** Of the weights that Keras's own cells have; the Book LSTM has none of them. */
export const heldRecurrentFields = heldFields(['kernel', 'recurrent', 'bias']);
export const heldRecurrentHelp = heldHelp({ kernel: 'Kernel', recurrent: 'Recurrent', bias: 'Bias' });

/** Parameters by name, to be put into each layer's schema in Keras's order. */
export const recurrentFields = {
  units: z.number().int().min(1).max(65_536),
  activation: activationSchema.default('tanh'),
  recurrent_activation: activationSchema.default('sigmoid'),
  use_bias: z.boolean().default(true),
  kernel_initializer: initializerSchema.default('glorot_uniform'),
  recurrent_initializer: initializerSchema.default('orthogonal'),
  bias_initializer: initializerSchema.default('zeros'),
  unit_forget_bias: z.boolean().default(true),
  dropout: rate,
  recurrent_dropout: rate,
  return_sequences: z.boolean().default(false),
  go_backwards: z.boolean().default(false),
  zero_output_for_mask: z.boolean().default(false),
};

export const recurrentHelp = {
  units: {
    label: 'Units',
    help: 'Size of the state and of the output.',
    prominent: true,
    control: 'integer',
  },
  activation: { label: 'Activation', help: 'Squashes the new state.', prominent: true, control: 'choice' },
  recurrent_activation: { label: 'Gate activation', help: 'Squashes the gates.', control: 'choice' },
  use_bias: { label: 'Bias', help: 'Add a learned constant.', advanced: true, control: 'boolean' },
  kernel_initializer: {
    label: 'Kernel initializer',
    help: 'How the input weights start.',
    advanced: true,
    control: 'choice',
  },
  recurrent_initializer: {
    label: 'Recurrent initializer',
    help: 'How the state weights start.',
    advanced: true,
    control: 'choice',
  },
  bias_initializer: {
    label: 'Bias initializer',
    help: 'How the bias starts.',
    advanced: true,
    control: 'choice',
  },
  unit_forget_bias: {
    label: 'Forget bias 1',
    help: 'The forget gate starts open, so that early training remembers.',
    advanced: true,
    control: 'boolean',
  },
  dropout: {
    label: 'Dropout',
    help: 'Share of inputs dropped in training, the same at every step.',
    control: 'number',
    min: 0,
    max: 1,
  },
  recurrent_dropout: {
    label: 'Recurrent dropout',
    help: 'Share of the state dropped in training, the same at every step.',
    control: 'number',
    min: 0,
    max: 1,
  },
  return_sequences: {
    label: 'Return sequences',
    help: 'Hand on the output of every step, as a further recurrent layer needs, not only the last.',
    prominent: true,
    control: 'boolean',
  },
  go_backwards: {
    label: 'Go backwards',
    help: 'Read the sequence from its end.',
    advanced: true,
    control: 'boolean',
  },
  zero_output_for_mask: {
    label: 'Zeros where masked',
    help: 'Give zeros for a masked step, not the output before it again. The state goes on all the same.',
    advanced: true,
    control: 'boolean',
  },
} as const satisfies Record<keyof typeof recurrentFields, ParameterHelp>;

interface Returning {
  units: number;
  return_sequences: boolean;
}

/** (B, T, D) to (B, T, U), or to (B, U) without return_sequences. */
export function recurrentShape(
  type: string,
  { units, return_sequences }: Returning,
  [input]: readonly Shape[],
): ShapeResult {
  const problem = sequenceProblem(type, input!);
  if (problem) return { ok: false, problem };
  return fits(return_sequences ? [null, input![1]!, units] : [null, units]);
}

export const recurrentMask = ({ return_sequences }: Returning): 'pass' | 'use' =>
  return_sequences ? 'pass' : 'use';

interface Weighted {
  units: number;
  use_bias: boolean;
}

/** Kernel (D, G U), recurrent kernel (U, G U) and bias, which is (G U) unless `biasShape` says otherwise. */
export function recurrentWeights(
  config: Weighted,
  [input]: readonly Shape[],
  gates: number,
  biasShape: readonly number[] = [gates * config.units],
): WeightSpec[] {
  const width = gates * config.units;
  return [
    weight('kernel', [input![2]!, width], config),
    weight('recurrent_kernel', [config.units, width], config, 'recurrent'),
    ...(config.use_bias ? [weight('bias', biasShape, config)] : []),
  ];
}

interface Forgetting {
  use_bias: boolean;
  bias_initializer: InitializerName;
  unit_forget_bias: boolean;
}

/** The same weights with the forget gate's bias at one. Ones stay ones. */
export function withForgetBias(
  weights: readonly WeightSpec[],
  { unit_forget_bias }: Forgetting,
): WeightSpec[] {
  const starts = (weight: WeightSpec) =>
    weight.name === 'bias' && weight.initializer === 'zeros' && unit_forget_bias;
  return weights.map((weight) => (starts(weight) ? { ...weight, initializer: 'unit_forget' } : weight));
}

/** A forget bias of one is offered on top of zeros and ones only. */
export function forgetBiasProblem({
  use_bias,
  bias_initializer,
  unit_forget_bias,
}: Forgetting): ShapeResult | null {
  if (!use_bias || !unit_forget_bias || bias_initializer === 'zeros' || bias_initializer === 'ones')
    return null;
  const message = `unit_forget_bias cannot be combined with the bias_initializer ${bias_initializer}.`;
  const fix = 'Set bias_initializer to zeros, or unit_forget_bias to false.';
  return { ok: false, problem: { message, fix, settings: { unit_forget_bias: false } } };
}

/** T (D G U + U G U). */
export function recurrentWork(units: number, [input]: readonly Shape[], gates: number): number {
  return (input![1] ?? 1) * gates * units * (input![2]! + units);
}

/**
 * T U numbers for each gate, for the carry where there is one, and for the state of every step.
 * @param arrays how many such arrays there are
 */
export function recurrentKept(units: number, [input]: readonly Shape[], arrays: number): number {
  return (input![1] ?? 1) * units * arrays;
}

/** What the plain loop over the steps, which recurrent dropout needs, holds of each step for each gate. */
const LOOP_ARRAYS = 13;

/**
 * What passes through a graphics adapter: the gates of all steps, or their gradients.
 * @param arrays of T U numbers, with whatever its cell keeps beyond `recurrentKept`
 */
export function recurrentPassing(
  { units, recurrent_dropout }: { units: number; recurrent_dropout: number },
  inputs: readonly Shape[],
  { gates, arrays = gates }: { gates: number; arrays?: number },
): number {
  return recurrentKept(units, inputs, recurrent_dropout > 0 ? LOOP_ARRAYS * gates : arrays);
}

/**
 * Input, state, kernel, recurrent kernel and bias with their sizes.
 * @param gates in Keras's order, as the kernels hold them side by side: `i, f, c, o`; none for a single one
 */
export function recurrentSymbols(
  { units, use_bias }: { units: number; use_bias: boolean },
  [input]: readonly Shape[],
  gates: readonly string[],
): SymbolMeaning[] {
  const D = input![2]!;
  const width = Math.max(1, gates.length) * units;
  const order = gates.length > 0 ? `, gates in the order ${gates.join(', ')}` : '';
  const bias: SymbolMeaning = { tex: 'b', plain: 'b', meaning: 'bias', shape: [width] };
  return [
    { tex: 'x_t', plain: 'x_t', meaning: 'input', shape: [D] },
    { tex: 'h_t', plain: 'h_t', meaning: 'state and output', shape: [units] },
    { tex: 'W', plain: 'W', meaning: `kernel${order}`, shape: [D, width] },
    { tex: 'R', plain: 'R', meaning: 'recurrent kernel', shape: [units, width] },
    ...(use_bias ? [bias] : []),
  ];
}

export const carrySymbol = (units: number): SymbolMeaning => ({
  tex: 'c_t',
  plain: 'c_t',
  meaning: 'carry',
  shape: [units],
});

/** A single walk along the steps. */
export function walk(
  cell: string,
  states: readonly string[],
  { go_backwards, return_sequences }: { go_backwards: boolean; return_sequences: boolean },
): Walk[] {
  return [{ cell, states, backwards: go_backwards, sequences: return_sequences }];
}

/** x_t W + h_(t-1) R + b of one gate, in TeX and plain. */
export function gateSum(gate: string, useBias: boolean): { tex: string; plain: string } {
  const [sub, suffix] = gate === '' ? ['', ''] : [`_{${gate}}`, `_${gate}`];
  return {
    tex: `x_t W${sub} + h_{t-1} R${sub}${useBias ? ` + b${sub}` : ''}`,
    plain: `x_t W${suffix} + h_(t-1) R${suffix}${useBias ? ` + b${suffix}` : ''}`,
  };
}
