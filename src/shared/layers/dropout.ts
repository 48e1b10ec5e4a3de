import { z } from 'zod';
import type { Shape } from '../graph/graph.ts';
import type { LayerDefinition } from './layer.ts';
import { pythonCall, rCall } from './calls.ts';
import { fits, misfits, showShape, sizeOf } from './shapes.ts';

const schema = z.strictObject({
  rate: z.number().min(0).max(1),
  /** Sizes of what is drawn, the batch first; 1 draws once for all along an axis, null as often as there is something. */
  noise_shape: z.array(z.number().int().min(1).nullable()).max(8).nullable().default(null),
});
type DropoutConfig = z.infer<typeof schema>;

/** Any size stands for the batch, whose own is not known. */
const drawable = (noise: Shape, input: Shape): boolean =>
  noise.length === input.length &&
  noise.every((size, axis) => axis === 0 || size === null || size === 1 || size === input[axis]);

export const dropout: LayerDefinition<DropoutConfig> = {
  type: 'Dropout',
  baseName: 'dropout',
  title: 'Dropout',
  family: 'regularise',
  summary: 'Sets a random share of its inputs to zero in training, against overfitting.',
  schema,
  start: { rate: 0.2 },
  parameters: {
    rate: {
      label: 'Rate',
      help: 'Share of the inputs dropped.',
      prominent: true,
      control: 'number',
      min: 0,
      max: 1,
    },
    noise_shape: {
      label: 'Shape of the draw',
      help: 'None, 1, None drops a feature at all steps at once; empty draws for every number. Batch first.',
      advanced: true,
      control: 'shape',
    },
  },
  inputs: { min: 1, max: 1 },
  shape({ noise_shape }, [input]) {
    if (!noise_shape || drawable(noise_shape, input!)) return fits(input!);
    return misfits(
      `Dropout's noise_shape ${showShape(noise_shape)} does not fit its input ${showShape(input!)}.`,
      'Give for every axis None, 1, or its size, the batch first.',
      { noise_shape: null },
    );
  },
  weights: () => [],
  mask: () => 'pass',
  multiplyAdds: () => 0,
  kept: (_config, [input]) => sizeOf(input!),
  equations: ({ rate, noise_shape }) => [
    {
      tex: `y = \\frac{m \\odot x}{1 - ${rate}}`,
      plain: `y = m x / (1 - ${rate})`,
      where: `m: 0 with probability ${rate}, else 1${noise_shape ? `, drawn as ${showShape(noise_shape)}` : ''}; in training only`,
    },
  ],
  python: (config) => pythonCall('layers.Dropout', schema, config, ['rate']),
  // R's vectors cannot hold what is open.
  r(config) {
    const { noise_shape: noise } = config;
    const call = rCall('layer_dropout', schema, { ...config, noise_shape: null });
    if (!Array.isArray(noise)) return noise ? rCall('layer_dropout', schema, config) : call;
    const sizes = noise.map((size) => (size === null ? 'NULL' : `${size}L`));
    return `${call.slice(0, -1)}, noise_shape = list(${sizes.join(', ')}))`;
  },
};
