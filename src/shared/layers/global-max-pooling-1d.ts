import type { LayerDefinition } from './layer.ts';
import { pythonCall, rCall } from './calls.ts';
import { formatWords, stepsFirst } from './data-format.ts';
import {
  globalPoolingHelp,
  globalPoolingSchema,
  globalPoolingShape,
  type GlobalPoolingConfig,
} from './global-pooling.ts';
import { sizeOf } from './shapes.ts';

export const globalMaxPooling1d: LayerDefinition<GlobalPoolingConfig> = {
  type: 'GlobalMaxPooling1D',
  baseName: 'global_max_pooling1d',
  title: 'Global max pooling',
  family: 'shape',
  summary: 'Keeps the largest value of each feature over time.',
  schema: globalPoolingSchema,
  parameters: globalPoolingHelp,
  inputs: { min: 1, max: 1 },
  shape: (config, inputs) => globalPoolingShape('GlobalMaxPooling1D', config, inputs),
  weights: () => [],
  mask: () => 'drop',
  multiplyAdds: () => 0,
  passing: (_config, [input]) => 4 * sizeOf(input!),
  equations({ data_format }, [input]) {
    const order = formatWords(data_format);
    const where = `y (${stepsFirst(input!, data_format)[2]})${order && `; ${order}`}`;
    return [{ tex: 'y = \\max_t x_t', plain: 'y = max over t of x_t', where }];
  },
  python: (config) => pythonCall('layers.GlobalMaxPooling1D', globalPoolingSchema, config),
  r: (config) => rCall('layer_global_max_pooling_1d', globalPoolingSchema, config),
};
