import { z } from 'zod';
import { defineLayer } from './define.ts';
import { ok, requireRank } from './parameters.ts';

export const globalMaxPooling1D = defineLayer({
  type: 'GlobalMaxPooling1D',
  baseName: 'global_max_pooling1d',
  title: 'GlobalMaxPooling1D',
  family: 'shape',
  summary: 'Largest value of every feature over all steps.',
  schema: z.strictObject({}),
  rName: 'layer_global_max_pooling_1d',
  parameters: {},
  shape: (_, inputs) => {
    const rank = requireRank(
      inputs,
      3,
      'GlobalMaxPooling1D',
      'Set return_sequences on the recurrent layer before it.',
    );
    return rank.ok ? ok([rank.shape[0]!, rank.shape[2]!]) : rank;
  },
  mask: () => 'drop',
  equations: () => [{ tex: 'y = \\max_t\\, x_t', plain: 'y = max_t x_t' }],
});
