import { z } from 'zod';
import type { LayerDefinition } from './layer.ts';
import { pythonCall, rCall } from './calls.ts';
import { fits, misfits, sequenceProblem } from './shapes.ts';

const schema = z.strictObject({
  pool_size: z.number().int().min(1).max(100_000).default(2),
  /** Null: as many as `pool_size`. */
  strides: z.number().int().min(1).max(100_000).nullable().default(null),
  padding: z.enum(['valid', 'same']).default('valid'),
});
type PoolingConfig = z.infer<typeof schema>;

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
  },
  inputs: { min: 1, max: 1 },
  shape({ pool_size, strides, padding }, [input]) {
    const problem = sequenceProblem('MaxPooling1D', input!);
    if (problem) return { ok: false, problem };
    const [, T, D] = input!;
    if (T == null) return fits([null, null, D!]);
    const stride = strides ?? pool_size;
    const steps = padding === 'valid' ? Math.floor((T - pool_size) / stride) + 1 : Math.ceil(T / stride);
    if (steps > 0) return fits([null, steps, D!]);
    return misfits(
      `MaxPooling1D's window of ${pool_size} steps is longer than its input of ${T}.`,
      'Use a smaller pool_size, longer sequences, or padding "same".',
      { padding: 'same' },
    );
  },
  weights: () => [],
  mask: () => 'drop',
  multiplyAdds: () => 0,
  equations({ pool_size, strides }) {
    const stride = strides ?? pool_size;
    return [
      {
        tex: `y_t = \\max_{0 \\le k < ${pool_size}} x_{${stride} t + k}`,
        plain: `y_t = max over k of x_(${stride} t + k)`,
        where: `k: 0 to ${pool_size - 1}`,
      },
    ];
  },
  python: (config) => pythonCall('layers.MaxPooling1D', schema, config),
  r: (config) => rCall('layer_max_pooling_1d', schema, config),
};
