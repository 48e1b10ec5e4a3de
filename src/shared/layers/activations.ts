/** Keras 3's activation functions by name, as parameters, and as they are written in equations. */
import { z } from 'zod';

export const ACTIVATIONS = [
  'linear',
  'tanh',
  'sigmoid',
  'softmax',
  'relu',
  'relu6',
  'leaky_relu',
  'elu',
  'selu',
  'gelu',
  'silu',
  'mish',
  'softplus',
  'softsign',
  'exponential',
  'hard_sigmoid',
  'hard_silu',
] as const;

export const activationSchema = z.enum(ACTIVATIONS);
export type ActivationName = z.infer<typeof activationSchema>;

const TEX: Partial<Record<ActivationName, string>> = {
  tanh: '\\tanh',
  sigmoid: '\\sigma',
  exponential: '\\exp',
};

/** `\tanh\left(z\right)`; for `linear` the argument itself. */
export function activationTex(name: ActivationName, argument: string): string {
  if (name === 'linear') return argument;
  const symbol = TEX[name] ?? `\\operatorname{${name.replaceAll('_', '\\_')}}`;
  return `${symbol}\\left(${argument}\\right)`;
}

/** `tanh(z)`; for `linear` the argument itself. */
export function activationPlain(name: ActivationName, argument: string): string {
  return name === 'linear' ? argument : `${name}(${argument})`;
}
