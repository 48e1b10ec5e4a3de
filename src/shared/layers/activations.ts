/** Keras 3's activation functions by name, as parameters, and as they are written in equations. */
import { z } from 'zod';

/** What each makes of a value x, as Keras 3 computes it where nothing else is set. */
export const ACTIVATION_MEANINGS = {
  linear: 'x',
  tanh: '(e^x - e^-x) / (e^x + e^-x)',
  sigmoid: '1 / (1 + e^-x)',
  softmax: 'e^x divided by the sum of e^x over all features of the step',
  relu: 'x above 0, else 0',
  relu6: 'x from 0 to 6, else the nearer of them',
  leaky_relu: 'x above 0, 0.2 x below',
  elu: 'x above 0, e^x - 1 below',
  celu: 'x above 0, e^x - 1 below: with its standard setting the same as elu',
  selu: '1.0507 x above 0, 1.7581 (e^x - 1) below',
  gelu: 'x times the share of a normal distribution that lies below x',
  silu: 'x sigmoid(x)',
  mish: 'x tanh(softplus(x))',
  softplus: 'ln(1 + e^x)',
  squareplus: '(x + sqrt(x^2 + 4)) / 2',
  sparse_plus: '(x + 1)^2 / 4 from -1 to 1, 0 below, x above',
  softsign: 'x / (1 + |x|)',
  exponential: 'e^x',
  hard_sigmoid: '(x + 3) / 6 from -3 to 3, 0 below, 1 above',
  hard_silu: 'x hard_sigmoid(x)',
  hard_tanh: 'x from -1 to 1, else the nearer of them',
  hard_shrink: 'x, but 0 from -0.5 to 0.5',
  soft_shrink: 'x moved by 0.5 towards 0, and 0 from -0.5 to 0.5',
  tanh_shrink: 'x - tanh(x)',
  log_sigmoid: 'ln(sigmoid(x))',
  sparse_sigmoid: '(x + 1) / 2 from -1 to 1, 0 below, 1 above',
  log_softmax: 'ln(softmax(x))',
  sparsemax:
    "x less a threshold, and 0 below it; Keras's threshold follows from the largest features of the step",
} as const;

export type ActivationName = keyof typeof ACTIVATION_MEANINGS;
export const ACTIVATIONS = Object.keys(ACTIVATION_MEANINGS) as ActivationName[];
export const activationSchema = z.enum(ACTIVATIONS);

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
