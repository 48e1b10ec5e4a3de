import { z } from 'zod';
import { defineLayer } from './define.ts';
import { ok, requireRank } from './parameters.ts';

export const globalAveragePooling1D = defineLayer({
  type: 'GlobalAveragePooling1D',
  baseName: 'global_average_pooling1d',
  title: 'GlobalAveragePooling1D',
  family: 'shape',
  summary: 'Mean of every feature over all (unmasked) steps.',
  schema: z.strictObject({}),
  rName: 'layer_global_average_pooling_1d',
  parameters: {},
  shape: (_, inputs) => {
    const rank = requireRank(
      inputs,
      3,
      'GlobalAveragePooling1D',
      'Set return_sequences on the recurrent layer before it.',
    );
    return rank.ok ? ok([rank.shape[0]!, rank.shape[2]!]) : rank;
  },
  mask: () => 'use',
  equations: () => [{ tex: 'y = \\mathrm{mean}_t\\, x_t', plain: 'y = mean_t x_t' }],
});
