import { z } from 'zod';
import type { LayerDefinition } from './layer.ts';
import { pythonCall, rCall } from './calls.ts';
import { fits, sequenceProblem } from './shapes.ts';

const schema = z.strictObject({});
type PoolingConfig = z.infer<typeof schema>;

export const globalMaxPooling1d: LayerDefinition<PoolingConfig> = {
  type: 'GlobalMaxPooling1D',
  baseName: 'global_max_pooling1d',
  title: 'Global max pooling',
  family: 'shape',
  summary: 'Keeps the largest value of each feature over time.',
  schema,
  parameters: {},
  inputs: { min: 1, max: 1 },
  shape(_config, [input]) {
    const problem = sequenceProblem('GlobalMaxPooling1D', input!);
    return problem ? { ok: false, problem } : fits([null, input![2]!]);
  },
  weights: () => [],
  mask: () => 'drop',
  multiplyAdds: () => 0,
  equations: (_config, [input]) => [
    { tex: 'y = \\max_t x_t', plain: 'y = max over t of x_t', where: `y (${input![2]})` },
  ],
  python: (config) => pythonCall('layers.GlobalMaxPooling1D', schema, config),
  r: (config) => rCall('layer_global_max_pooling_1d', schema, config),
};
