import { z } from 'zod';
import { defineLayer } from './define.ts';
import { activation, flag, help, initializer, ok, problem, requireRank } from './parameters.ts';
import { texName } from './recurrent.ts';

const PADDINGS = ['valid', 'same', 'causal'] as const;
const schema = z.strictObject({
  filters: z.number().int().min(1).max(65536),
  kernel_size: z.number().int().min(1).max(10000),
  strides: z.number().int().min(1).max(10000).default(1),
  padding: z.enum(PADDINGS).default('valid'),
  dilation_rate: z.number().int().min(1).max(10000).default(1),
  activation: activation('linear'),
  use_bias: flag(true),
  kernel_initializer: initializer('glorot_uniform'),
  bias_initializer: initializer('zeros'),
});

/** Steps left after windows of `size` (spread by dilation) moved by `strides`. */
export function windows(
  steps: number | null,
  size: number,
  strides: number,
  padding: string,
  dilation = 1,
): number | null {
  if (steps === null) return null;
  if (padding !== 'valid') return Math.ceil(steps / strides);
  return Math.floor((steps - dilation * (size - 1) - 1) / strides) + 1;
}

export const conv1d = defineLayer({
  type: 'Conv1D',
  baseName: 'conv1d',
  title: 'Conv1D',
  family: 'convolution',
  summary: 'Filters slide along the steps and find short patterns.',
  schema,
  rName: 'layer_conv_1d',
  required: ['filters', 'kernel_size'],
  parameters: {
    filters: help.integer('Filters', 'Number of outputs per step.'),
    kernel_size: help.integer('Kernel size', 'Steps a filter sees at once.'),
    strides: help.integer('Strides', 'Steps the window moves.', false),
    padding: help.choice(
      'Padding',
      'valid: windows inside the sequence; same: as many steps out as in; causal: no step sees a later one.',
      PADDINGS,
    ),
    dilation_rate: help.integer('Dilation rate', 'Distance between the steps a filter sees.', false),
    activation: help.activation('Applied to every output.'),
    use_bias: help.flag('Bias', 'Adds a bias vector.'),
    kernel_initializer: help.initializer('Kernel initializer'),
    bias_initializer: help.initializer('Bias initializer'),
  },
  shape: (config, inputs) => {
    const rank = requireRank(inputs, 3, 'Conv1D', 'Set return_sequences on the recurrent layer before it.');
    if (!rank.ok) return rank;
    if (config.strides > 1 && config.dilation_rate > 1) {
      return problem(
        'Conv1D cannot have strides and dilation_rate above 1 at once.',
        'Set one of them to 1.',
      );
    }
    const steps = windows(
      rank.shape[1]!,
      config.kernel_size,
      config.strides,
      config.padding,
      config.dilation_rate,
    );
    if (steps !== null && steps < 1) {
      return problem(
        `A kernel of ${config.kernel_size} steps does not fit into ${rank.shape[1]} steps.`,
        'Use a smaller kernel_size, or padding "same".',
      );
    }
    return ok([rank.shape[0]!, steps, config.filters]);
  },
  weights: (config, inputs) => [
    {
      name: 'kernel',
      shape: [config.kernel_size, inputs[0]![2]!, config.filters],
      initializer: config.kernel_initializer,
    },
    ...(config.use_bias
      ? [{ name: 'bias', shape: [config.filters], initializer: config.bias_initializer }]
      : []),
  ],
  multiplyAdds: (config, inputs) => {
    const [, steps, features] = inputs[0]!;
    const count =
      windows(steps ?? null, config.kernel_size, config.strides, config.padding, config.dilation_rate) ?? 1;
    return count * config.kernel_size * (features ?? 1) * config.filters;
  },
  equations: ({ activation: act, kernel_size, filters, use_bias }, inputs) => {
    const b = use_bias ? ' + b' : '';
    const where = `W (${kernel_size}, ${inputs[0]?.[2] ?? 'D'}, ${filters})`;
    return [
      {
        tex: `y_t = ${texName(act)}(\\sum_k x_{t+k} W_k${b})`,
        plain: `y_t = ${act}(sum_k x_(t+k) W_k${b})`,
        where,
      },
    ];
  },
});
