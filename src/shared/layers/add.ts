import { z } from 'zod';
import type { LayerDefinition } from './layer.ts';
import { pythonCall, rCall } from './calls.ts';
import { fits, misfits, showShape, sizeOf } from './shapes.ts';

const schema = z.strictObject({});
type AddConfig = z.infer<typeof schema>;

export const add: LayerDefinition<AddConfig> = {
  type: 'Add',
  baseName: 'add',
  title: 'Add',
  family: 'merge',
  summary: 'Adds the outputs of several layers, as in a residual connection.',
  schema,
  parameters: {},
  inputs: { min: 2, max: 64 },
  shape(_config, inputs) {
    const shown = inputs.map(showShape);
    if (shown.every((shape) => shape === shown[0])) return fits(inputs[0]!);
    return misfits(
      `Add receives ${shown.join(' and ')}, which differ.`,
      'Make all inputs the same shape, for example by the same number of units.',
    );
  },
  weights: () => [],
  mask: () => 'pass',
  multiplyAdds: (_config, inputs) => (inputs.length - 1) * sizeOf(inputs[0]!),
  equations: (_config, inputs) => [
    {
      tex: `y = ${inputs.map((_, i) => `x_{${i + 1}}`).join(' + ')}`,
      plain: `y = ${inputs.map((_, i) => `x_${i + 1}`).join(' + ')}`,
    },
  ],
  python: (config) => pythonCall('layers.Add', schema, config),
  r: (config) => rCall('layer_add', schema, config),
};
