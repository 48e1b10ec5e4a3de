import { z } from 'zod';
import type { LayerDefinition } from './layer.ts';
import { pythonCall, rCall } from './calls.ts';
import { sameShape, sizeOf } from './shapes.ts';

const schema = z.strictObject({ rate: z.number().min(0).max(1) });
type DropoutConfig = z.infer<typeof schema>;

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
  },
  inputs: { min: 1, max: 1 },
  shape: sameShape,
  weights: () => [],
  mask: () => 'pass',
  multiplyAdds: () => 0,
  kept: (_config, [input]) => sizeOf(input!),
  equations: ({ rate }) => [
    {
      tex: `y = \\frac{m \\odot x}{1 - ${rate}}`,
      plain: `y = m x / (1 - ${rate})`,
      where: `m: 0 with probability ${rate}, else 1; in training only`,
    },
  ],
  python: (config) => pythonCall('layers.Dropout', schema, config, ['rate']),
  r: (config) => rCall('layer_dropout', schema, config),
};
