import { z } from 'zod';
import type { Shape } from '../graph/graph.ts';
import type { LayerDefinition, ShapeResult } from './layer.ts';
import { pythonCall, rCall } from './calls.ts';
import { dataFormatHelp, dataFormatSchema, formatWords, inFormat } from './data-format.ts';
import { fits, misfits, sequenceProblem } from './shapes.ts';

const schema = z.strictObject({
  pool_size: z.number().int().min(1).max(100_000).default(2),
  /** Null: as many as `pool_size`. */
  strides: z.number().int().min(1).max(100_000).nullable().default(null),
  padding: z.enum(['valid', 'same']).default('valid'),
  data_format: dataFormatSchema,
});
type PoolingConfig = z.infer<typeof schema>;

/** (batch, steps, features) to (batch, windows, features). */
function outputShape({ pool_size, strides, padding }: PoolingConfig, input: Shape): ShapeResult {
  const problem = sequenceProblem('MaxPooling1D', input);
  if (problem) return { ok: false, problem };
  const [, T, D] = input;
  if (T == null) return fits([null, null, D!]);
  const stride = strides ?? pool_size;
  const steps = padding === 'valid' ? Math.floor((T - pool_size) / stride) + 1 : Math.ceil(T / stride);
  if (steps > 0) return fits([null, steps, D!]);
  return misfits(
    `MaxPooling1D's window of ${pool_size} steps is longer than its input of ${T}.`,
    'Use a smaller pool_size, longer sequences, or padding "same".',
    { padding: 'same' },
  );
}

export const maxPooling1d: LayerDefinition<PoolingConfig> = {
  type: 'MaxPooling1D',
  baseName: 'max_pooling1d',
  title: 'Max pooling',
  family: 'shape',
  summary: 'Shortens the sequence: the largest value of each feature in windows of a few steps.',
  schema,
  parameters: {
    pool_size: { label: 'Pool size', help: 'Steps that become one.', prominent: true, control: 'integer' },
    strides: {
      label: 'Strides',
      help: 'Steps from one window to the next; empty: the pool size.',
      control: 'integer',
    },
    padding: {
      label: 'Padding',
      help: 'valid drops an incomplete last window, same keeps it.',
      control: 'choice',
    },
    data_format: dataFormatHelp,
  },
  inputs: { min: 1, max: 1 },
  shape: (config, inputs) => inFormat(inputs, config.data_format, (input) => outputShape(config, input)),
  weights: () => [],
  mask: () => 'drop',
  multiplyAdds: () => 0,
  equations({ pool_size, strides, data_format }) {
    const stride = strides ?? pool_size;
    const order = formatWords(data_format);
    return [
      {
        tex: `y_t = \\max_{0 \\le k < ${pool_size}} x_{${stride} t + k}`,
        plain: `y_t = max over k of x_(${stride} t + k)`,
        where: `k: 0 to ${pool_size - 1}${order && `; ${order}`}`,
      },
    ];
  },
  python: (config) => pythonCall('layers.MaxPooling1D', schema, config),
  r: (config) => rCall('layer_max_pooling_1d', schema, config),
};
