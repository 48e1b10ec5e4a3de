import { z } from 'zod';
import { defineLayer } from './define.ts';
import { elements, flag, help, initializer, ok } from './parameters.ts';

const schema = z.strictObject({
  epsilon: z.number().positive().default(0.001),
  center: flag(true),
  scale: flag(true),
  beta_initializer: initializer('zeros'),
  gamma_initializer: initializer('ones'),
});

export const layerNormalization = defineLayer({
  type: 'LayerNormalization',
  baseName: 'layer_normalization',
  title: 'LayerNormalization',
  family: 'regularise',
  summary: 'Brings the features of every step to mean 0 and variance 1, then scales and shifts them.',
  schema,
  rName: 'layer_layer_normalization',
  parameters: {
    epsilon: help.number('Epsilon', 'Added to the variance.'),
    center: help.flag('Center', 'Learns a shift beta.'),
    scale: help.flag('Scale', 'Learns a factor gamma.'),
    beta_initializer: help.initializer('Beta initializer'),
    gamma_initializer: help.initializer('Gamma initializer'),
  },
  shape: (_, inputs) => ok(inputs[0]!),
  weights: (config, inputs) => {
    const shape = [inputs[0]!.at(-1)!];
    return [
      ...(config.scale ? [{ name: 'gamma', shape, initializer: config.gamma_initializer }] : []),
      ...(config.center ? [{ name: 'beta', shape, initializer: config.beta_initializer }] : []),
    ];
  },
  mask: () => 'pass',
  multiplyAdds: (_, inputs) => 4 * elements(inputs[0]!),
  equations: ({ epsilon, scale, center }) => [
    {
      tex: `y = ${scale ? '\\gamma \\odot ' : ''}\\frac{x - \\mu}{\\sqrt{\\sigma^2 + ${epsilon}}}${center ? ' + \\beta' : ''}`,
      plain: `y = ${scale ? 'gamma * ' : ''}(x - mean) / sqrt(variance + ${epsilon})${center ? ' + beta' : ''}`,
      where: 'mean and variance over the features of one step',
    },
  ],
});
