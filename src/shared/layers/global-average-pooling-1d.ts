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

export const globalAveragePooling1d: LayerDefinition<GlobalPoolingConfig> = {
  type: 'GlobalAveragePooling1D',
  baseName: 'global_average_pooling1d',
  title: 'Global average pooling',
  family: 'shape',
  summary: 'Takes the mean of each feature over time; with a mask, over the real steps.',
  schema: globalPoolingSchema,
  parameters: globalPoolingHelp,
  inputs: { min: 1, max: 1 },
  shape: (config, inputs) => globalPoolingShape('GlobalAveragePooling1D', config, inputs),
  weights: () => [],
  mask: () => 'use',
  multiplyAdds: (_config, [input]) => sizeOf(input!),
  passing: (_config, [input]) => 4 * sizeOf(input!),
  equations({ data_format }, [input]) {
    const [, steps, features] = stepsFirst(input!, data_format);
    const order = formatWords(data_format);
    return [
      {
        tex: 'y = \\frac{1}{T} \\sum_t x_t',
        plain: 'y = (1 / T) sum over t of x_t',
        where: `T: ${steps ?? 'number of'} steps; y (${features})${order && `; ${order}`}`,
      },
    ];
  },
  python: (config) => pythonCall('layers.GlobalAveragePooling1D', globalPoolingSchema, config),
  r: (config) => rCall('layer_global_average_pooling_1d', globalPoolingSchema, config),
};
