import { z } from 'zod';
import { windows } from './conv1d.ts';
import { defineLayer } from './define.ts';
import { help, ok, problem, requireRank } from './parameters.ts';

const PADDINGS = ['valid', 'same'] as const;
const schema = z.strictObject({
  pool_size: z.number().int().min(1).max(10000).default(2),
  /** Null: as pool_size. */
  strides: z.number().int().min(1).max(10000).nullable().default(null),
  padding: z.enum(PADDINGS).default('valid'),
});

export const maxPooling1D = defineLayer({
  type: 'MaxPooling1D',
  baseName: 'max_pooling1d',
  title: 'MaxPooling1D',
  family: 'shape',
  summary: 'Largest value of every feature in each window of steps.',
  schema,
  rName: 'layer_max_pooling_1d',
  parameters: {
    pool_size: help.integer('Pool size', 'Steps of a window.'),
    strides: { ...help.integer('Strides', 'Steps the window moves; empty: the pool size.', false) },
    padding: help.choice(
      'Padding',
      'valid: whole windows only; same: the last window may reach beyond the end.',
      PADDINGS,
    ),
  },
  shape: (config, inputs) => {
    const rank = requireRank(
      inputs,
      3,
      'MaxPooling1D',
      'Set return_sequences on the recurrent layer before it.',
    );
    if (!rank.ok) return rank;
    const steps = windows(
      rank.shape[1]!,
      config.pool_size,
      config.strides ?? config.pool_size,
      config.padding,
    );
    if (steps !== null && steps < 1)
      return problem(
        `A window of ${config.pool_size} steps does not fit into ${rank.shape[1]} steps.`,
        'Use a smaller pool_size.',
      );
    return ok([rank.shape[0]!, steps, rank.shape[2]!]);
  },
  equations: ({ pool_size }) => [
    {
      tex: `y_j = \\max_{t \\in \\text{window } j} x_t`,
      plain: `y_j = max of x_t over window j (${pool_size} steps)`,
    },
  ],
});
