import { z } from 'zod';
import type { LayerDefinition } from './layer.ts';
import { pythonCall, rCall } from './calls.ts';
import { fits, sequenceProblem, sizeOf } from './shapes.ts';

const schema = z.strictObject({});
type PoolingConfig = z.infer<typeof schema>;

export const globalAveragePooling1d: LayerDefinition<PoolingConfig> = {
  type: 'GlobalAveragePooling1D',
  baseName: 'global_average_pooling1d',
  title: 'Global average pooling',
  family: 'shape',
  summary: 'Takes the mean of each feature over time; with a mask, over the real steps.',
  schema,
  parameters: {},
  inputs: { min: 1, max: 1 },
  shape(_config, [input]) {
    const problem = sequenceProblem('GlobalAveragePooling1D', input!);
    return problem ? { ok: false, problem } : fits([null, input![2]!]);
  },
  weights: () => [],
  mask: () => 'use',
  multiplyAdds: (_config, [input]) => sizeOf(input!),
  equations: (_config, [input]) => [
    {
      tex: 'y = \\frac{1}{T} \\sum_t x_t',
      plain: 'y = (1 / T) sum over t of x_t',
      where: `T: ${input![1] ?? 'number of'} steps; y (${input![2]})`,
    },
  ],
  python: (config) => pythonCall('layers.GlobalAveragePooling1D', schema, config),
  r: (config) => rCall('layer_global_average_pooling_1d', schema, config),
};
