/** Parameters that several layers share, with Keras's names, choices and defaults, and how the inspector shows them. */
import { z } from 'zod';
import type { Shape } from '../graph/graph.ts';
import type { ParameterHelp, ShapeResult } from './layer.ts';

export const ACTIVATIONS = [
  ...['linear', 'tanh', 'sigmoid', 'relu', 'softmax', 'hard_sigmoid', 'elu', 'selu', 'softplus', 'softsign'],
  ...['exponential', 'gelu', 'silu'],
] as const;
export const INITIALIZERS = [
  ...[
    'glorot_uniform',
    'glorot_normal',
    'he_uniform',
    'he_normal',
    'lecun_uniform',
    'lecun_normal',
    'orthogonal',
  ],
  ...['uniform', 'random_uniform', 'random_normal', 'zeros', 'ones'],
] as const;

export const activation = (preset: (typeof ACTIVATIONS)[number]) => z.enum(ACTIVATIONS).default(preset);
export const initializer = (preset: (typeof INITIALIZERS)[number]) => z.enum(INITIALIZERS).default(preset);
export const units = z.number().int().min(1).max(65536);
export const rate = z.number().min(0).lt(1).default(0);
export const flag = (preset: boolean) => z.boolean().default(preset);

export const help = {
  units: (text: string): ParameterHelp => ({
    label: 'Units',
    help: text,
    control: 'integer',
    min: 1,
    max: 65536,
    prominent: true,
  }),
  integer: (label: string, text: string, prominent = true): ParameterHelp => ({
    label,
    help: text,
    control: 'integer',
    min: 1,
    prominent,
  }),
  choice: (label: string, text: string, choices: readonly string[], prominent = false): ParameterHelp => ({
    label,
    help: text,
    control: 'choice',
    choices,
    prominent,
  }),
  flag: (label: string, text: string, prominent = false): ParameterHelp => ({
    label,
    help: text,
    control: 'boolean',
    prominent,
    advanced: !prominent,
  }),
  rate: (label: string, text: string): ParameterHelp => ({
    label,
    help: text,
    control: 'number',
    min: 0,
    max: 0.99,
  }),
  number: (label: string, text: string): ParameterHelp => ({
    label,
    help: text,
    control: 'number',
    advanced: true,
  }),
  activation: (text: string): ParameterHelp => ({
    label: 'Activation',
    help: text,
    control: 'choice',
    choices: ACTIVATIONS,
    prominent: true,
  }),
  initializer: (label: string): ParameterHelp => ({
    label,
    help: 'How the weight is drawn at the start.',
    control: 'choice',
    choices: INITIALIZERS,
    advanced: true,
  }),
};

export const ok = (shape: Shape): ShapeResult => ({ ok: true, shape });
export const problem = (message: string, fix: string): ShapeResult => ({
  ok: false,
  problem: { message, fix },
});

/** `(None, 500, 32)`, as Keras writes shapes. */
export function shapeText(shape: Shape): string {
  return `(${shape.map((size) => size ?? 'None').join(', ')}${shape.length === 1 ? ',' : ''})`;
}

/** The only input's shape when it has the rank a layer needs, else what is wrong and what would fix it. */
export function requireRank(inputs: readonly Shape[], rank: number, layer: string, fix: string): ShapeResult {
  const shape = inputs[0]!;
  if (shape.length === rank) return ok(shape);
  const wanted =
    rank === 3 ? 'sequences (batch, steps, features)' : `a shape of ${rank} dimensions with the batch`;
  return problem(`${layer} needs ${wanted}, but receives ${shapeText(shape)}.`, fix);
}

/** Product of the sizes behind the batch; an unknown size counts once. */
export const elements = (shape: Shape): number =>
  shape.slice(1).reduce<number>((product, size) => product * (size ?? 1), 1);
