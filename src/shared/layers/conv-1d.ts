import { z } from 'zod';
import type { Shape } from '../graph/graph.ts';
import type { LayerDefinition, ShapeResult } from './layer.ts';
import { activationPlain, activationSchema, activationTex } from './activations.ts';
import { pythonCall, rCall } from './calls.ts';
import { dataFormatHelp, dataFormatSchema, formatWords, inFormat, stepsFirst } from './data-format.ts';
import { initializerSchema } from './initializers.ts';
import { fits, misfits, sequenceProblem, sizeOf } from './shapes.ts';
import { heldFields, heldHelp, weight } from './weights.ts';

const schema = z.strictObject({
  filters: z.number().int().min(1).max(65_536),
  kernel_size: z.number().int().min(1).max(100_000),
  strides: z.number().int().min(1).max(100_000).default(1),
  padding: z.enum(['valid', 'same', 'causal']).default('valid'),
  data_format: dataFormatSchema,
  dilation_rate: z.number().int().min(1).max(100_000).default(1),
  groups: z.number().int().min(1).max(65_536).default(1),
  activation: activationSchema.default('linear'),
  use_bias: z.boolean().default(true),
  kernel_initializer: initializerSchema.default('glorot_uniform'),
  bias_initializer: initializerSchema.default('zeros'),
  ...heldFields(['kernel', 'bias']),
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

/** (batch, steps, features) to (batch, fewer steps, filters). */
function outputShape(config: Conv1dConfig, input: Shape): ShapeResult {
  const problem = sequenceProblem('Conv1D', input);
  if (problem) return { ok: false, problem };
  const { filters, kernel_size, groups, strides, dilation_rate } = config;
  if (strides > 1 && dilation_rate > 1)
    return misfits('Conv1D cannot have strides and dilation_rate both above 1.', 'Set one of them to 1.', {
      dilation_rate: 1,
    });
  if (input[2]! % groups !== 0 || filters % groups !== 0)
    return misfits(
      `Conv1D cannot part ${input[2]} features and ${filters} filters into ${groups} groups.`,
      'Set groups to a number that divides both, or to 1.',
      { groups: 1 },
    );
  const steps = outputLength(input[1]!, config);
  if (steps === null || steps > 0) return fits([null, steps, filters]);
  return misfits(
    `Conv1D's pattern of ${kernel_size} steps is longer than its input of ${input[1]}.`,
    'Use a smaller kernel_size or dilation_rate, longer sequences, or padding "same".',
    { padding: 'same' },
  );
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
    groups: {
      label: 'Groups',
      help: 'Parts of the features, each with filters of its own: 1 lets every filter see all features.',
      advanced: true,
      control: 'integer',
    },
    data_format: dataFormatHelp,
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
    ...heldHelp({ kernel: 'Kernel', bias: 'Bias' }),
  },
  inputs: { min: 1, max: 1 },
  shape: (config, inputs) => inFormat(inputs, config.data_format, (input) => outputShape(config, input)),
  weights(config, [input]) {
    const { filters, kernel_size, groups, use_bias, data_format } = config;
    const features = stepsFirst(input!, data_format)[2]! / groups;
    const kernel = weight('kernel', [kernel_size, features, filters], config);
    return use_bias ? [kernel, weight('bias', [filters], config)] : [kernel];
  },
  mask: () => 'drop',
  multiplyAdds(config, [input]) {
    const [, steps, features] = stepsFirst(input!, config.data_format);
    const seen = config.kernel_size * (features! / config.groups);
    return (outputLength(steps!, config) ?? 1) * seen * config.filters;
  },
  passing: ({ kernel_size, filters }, [input]) =>
    5 * kernel_size * sizeOf(input!) + 2 * (input![1] ?? 1) * filters,
  equations({ kernel_size, strides, dilation_rate, groups, data_format, activation, use_bias }) {
    const start = strides === 1 ? 't' : `${strides} t`;
    const offset = dilation_rate === 1 ? 'k' : `${dilation_rate} k`;
    const tex = `\\sum_{k=0}^{${kernel_size - 1}} x_{${start} + ${offset}} W_k${use_bias ? ' + b' : ''}`;
    const plain = `sum over k of x_(${start} + ${offset}) W_k${use_bias ? ' + b' : ''}`;
    const parts =
      groups === 1 ? '' : `x and W in ${groups} groups: each filter sees the features of its own group`;
    const where = [parts, formatWords(data_format)].filter(Boolean).join('; ');
    return [
      {
        tex: `y_t = ${activationTex(activation, tex)}`,
        plain: `y_t = ${activationPlain(activation, plain)}`,
        ...(where && { where }),
      },
    ];
  },
  symbols({ filters, kernel_size, groups, data_format, use_bias }, [input]) {
    const features = stepsFirst(input!, data_format)[2]! / groups;
    const kernel = { tex: 'W', plain: 'W', meaning: 'kernel', shape: [kernel_size, features, filters] };
    const bias = { tex: 'b', plain: 'b', meaning: 'bias', shape: [filters] };
    const output = { tex: 'y_t', plain: 'y_t', meaning: 'output', shape: [filters] };
    return [kernel, ...(use_bias ? [bias] : []), output];
  },
  python: (config) => pythonCall('layers.Conv1D', schema, config, ['filters', 'kernel_size']),
  r: (config) => rCall('layer_conv_1d', schema, config),
};
