import { z } from 'zod';
import type { LayerDefinition, WeightSpec } from './layer.ts';
import { activationPlain, activationSchema, activationTex } from './activations.ts';
import { pythonCall, rCall } from './calls.ts';
import { initializerSchema, resolvedInitializer } from './initializers.ts';
import { fits, misfits, sequenceProblem } from './shapes.ts';

const schema = z.strictObject({
  filters: z.number().int().min(1).max(65_536),
  kernel_size: z.number().int().min(1).max(100_000),
  strides: z.number().int().min(1).max(100_000).default(1),
  padding: z.enum(['valid', 'same', 'causal']).default('valid'),
  dilation_rate: z.number().int().min(1).max(100_000).default(1),
  activation: activationSchema.default('linear'),
  use_bias: z.boolean().default(true),
  kernel_initializer: initializerSchema.default('glorot_uniform'),
  bias_initializer: initializerSchema.default('zeros'),
});
type Conv1dConfig = z.infer<typeof schema>;

type Window = Pick<Conv1dConfig, 'kernel_size' | 'strides' | 'padding' | 'dilation_rate'>;

/** Steps that come out for T steps (null: not known), as Keras counts them. */
function outputLength(
  T: number | null,
  { kernel_size, strides, padding, dilation_rate }: Window,
): number | null {
  if (T === null) return null;
  const span = (kernel_size - 1) * dilation_rate + 1;
  return padding === 'valid' ? Math.floor((T - span) / strides) + 1 : Math.ceil(T / strides);
}

export const conv1d: LayerDefinition<Conv1dConfig> = {
  type: 'Conv1D',
  baseName: 'conv1d',
  title: 'Conv1D',
  family: 'convolution',
  summary: 'Slides learned patterns of a few steps over the sequence.',
  schema,
  start: { filters: 64, kernel_size: 5, activation: 'relu' },
  parameters: {
    filters: {
      label: 'Filters',
      help: 'How many patterns, the features that come out.',
      prominent: true,
      control: 'integer',
    },
    kernel_size: {
      label: 'Kernel size',
      help: 'Steps one pattern sees.',
      prominent: true,
      control: 'integer',
    },
    strides: { label: 'Strides', help: 'Steps from one place to the next.', control: 'integer' },
    padding: {
      label: 'Padding',
      help: 'valid keeps inside, same keeps the length, causal sees only the past.',
      control: 'choice',
    },
    dilation_rate: {
      label: 'Dilation',
      help: 'Distance between the steps one pattern sees.',
      advanced: true,
      control: 'integer',
    },
    activation: { label: 'Activation', help: 'Applied to every output.', prominent: true, control: 'choice' },
    use_bias: { label: 'Bias', help: 'Add a learned constant.', advanced: true, control: 'boolean' },
    kernel_initializer: {
      label: 'Kernel initializer',
      help: 'How the patterns start.',
      advanced: true,
      control: 'choice',
    },
    bias_initializer: {
      label: 'Bias initializer',
      help: 'How the bias starts.',
      advanced: true,
      control: 'choice',
    },
  },
  inputs: { min: 1, max: 1 },
  shape(config, [input]) {
    const problem = sequenceProblem('Conv1D', input!);
    if (problem) return { ok: false, problem };
    if (config.strides > 1 && config.dilation_rate > 1)
      return misfits('Conv1D cannot have strides and dilation_rate both above 1.', 'Set one of them to 1.', {
        dilation_rate: 1,
      });
    const steps = outputLength(input![1]!, config);
    if (steps === null || steps > 0) return fits([null, steps, config.filters]);
    return misfits(
      `Conv1D's pattern of ${config.kernel_size} steps is longer than its input of ${input![1]}.`,
      'Use a smaller kernel_size or dilation_rate, longer sequences, or padding "same".',
      { padding: 'same' },
    );
  },
  weights({ filters, kernel_size, use_bias, kernel_initializer, bias_initializer }, [input]) {
    const weights: WeightSpec[] = [
      {
        name: 'kernel',
        shape: [kernel_size, input![2]!, filters],
        initializer: resolvedInitializer(kernel_initializer),
      },
    ];
    if (use_bias)
      weights.push({ name: 'bias', shape: [filters], initializer: resolvedInitializer(bias_initializer) });
    return weights;
  },
  mask: () => 'drop',
  multiplyAdds: (config, [input]) =>
    (outputLength(input![1]!, config) ?? 1) * config.kernel_size * input![2]! * config.filters,
  equations({ kernel_size, strides, dilation_rate, activation, use_bias }) {
    const start = strides === 1 ? 't' : `${strides} t`;
    const offset = dilation_rate === 1 ? 'k' : `${dilation_rate} k`;
    const tex = `\\sum_{k=0}^{${kernel_size - 1}} x_{${start} + ${offset}} W_k${use_bias ? ' + b' : ''}`;
    const plain = `sum over k of x_(${start} + ${offset}) W_k${use_bias ? ' + b' : ''}`;
    return [
      {
        tex: `y_t = ${activationTex(activation, tex)}`,
        plain: `y_t = ${activationPlain(activation, plain)}`,
      },
    ];
  },
  symbols({ filters, kernel_size, use_bias }, [input]) {
    const kernel = { tex: 'W', plain: 'W', meaning: 'kernel', shape: [kernel_size, input![2]!, filters] };
    const bias = { tex: 'b', plain: 'b', meaning: 'bias', shape: [filters] };
    const output = { tex: 'y_t', plain: 'y_t', meaning: 'output', shape: [filters] };
    return [kernel, ...(use_bias ? [bias] : []), output];
  },
  python: (config) => pythonCall('layers.Conv1D', schema, config, ['filters', 'kernel_size']),
  r: (config) => rCall('layer_conv_1d', schema, config),
};
