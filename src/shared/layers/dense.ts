import { z } from 'zod';
import type { LayerDefinition } from './layer.ts';
import { activationPlain, activationSchema, activationTex } from './activations.ts';
import { pythonCall, rCall } from './calls.ts';
import { initializerSchema } from './initializers.ts';
import { fits, misfits, showShape, sizeOf } from './shapes.ts';
import { heldFields, heldHelp, weight } from './weights.ts';

const schema = z.strictObject({
  units: z.number().int().min(1).max(10_000_000),
  activation: activationSchema.default('linear'),
  use_bias: z.boolean().default(true),
  kernel_initializer: initializerSchema.default('glorot_uniform'),
  bias_initializer: initializerSchema.default('zeros'),
  ...heldFields(['kernel', 'bias']),
});
type DenseConfig = z.infer<typeof schema>;

export const dense: LayerDefinition<DenseConfig> = {
  type: 'Dense',
  baseName: 'dense',
  title: 'Dense',
  family: 'dense',
  summary: 'A weighted sum of all features for every unit; the usual output layer.',
  schema,
  start: { units: 1, activation: 'sigmoid' },
  parameters: {
    units: {
      label: 'Units',
      help: 'Outputs: 1 for two classes or a value, else one a class.',
      prominent: true,
      control: 'integer',
    },
    activation: {
      label: 'Activation',
      help: 'sigmoid for two classes, softmax for several, linear for a value.',
      prominent: true,
      control: 'choice',
    },
    use_bias: { label: 'Bias', help: 'Add a learned constant.', advanced: true, control: 'boolean' },
    kernel_initializer: {
      label: 'Kernel initializer',
      help: 'How the weights start.',
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
  shape({ units }, [input]) {
    if (input!.length >= 2 && input!.at(-1) !== null) return fits([...input!.slice(0, -1), units]);
    return misfits(
      `Dense needs a known number of features but receives ${showShape(input!)}.`,
      'Give the Input its sizes, or pool over time in front of it.',
    );
  },
  weights(config, [input]) {
    const { units, use_bias } = config;
    const kernel = weight('kernel', [input!.at(-1)!, units], config);
    return use_bias ? [kernel, weight('bias', [units], config)] : [kernel];
  },
  mask: () => 'pass',
  multiplyAdds: ({ units }, [input]) => sizeOf(input!) * units,
  passing({ units }, [input]) {
    const isEveryStep = input!.length > 2;
    return isEveryStep ? 3 * (sizeOf(input!) + (sizeOf(input!) / input!.at(-1)!) * units) : 0;
  },
  equations({ activation, use_bias }) {
    const sum = `x W${use_bias ? ' + b' : ''}`;
    return [
      {
        tex: `y = ${activationTex(activation, sum)}`,
        plain: `y = ${activationPlain(activation, sum)}`,
      },
    ];
  },
  symbols({ units, use_bias }, [input]) {
    const D = input!.at(-1)!;
    const symbols = [
      { tex: 'x', plain: 'x', meaning: 'input', shape: [D] },
      { tex: 'W', plain: 'W', meaning: 'kernel', shape: [D, units] },
    ];
    const bias = { tex: 'b', plain: 'b', meaning: 'bias', shape: [units] };
    const output = { tex: 'y', plain: 'y', meaning: 'output', shape: [units] };
    return [...symbols, ...(use_bias ? [bias] : []), output];
  },
  python: (config) => pythonCall('layers.Dense', schema, config, ['units']),
  r: (config) => rCall('layer_dense', schema, config),
};
