import { z } from 'zod';
import { defineLayer } from './define.ts';
import { help, ok } from './parameters.ts';

const schema = z.strictObject({ rate: z.number().min(0).lt(1) });

export const dropout = defineLayer({
  type: 'Dropout',
  baseName: 'dropout',
  title: 'Dropout',
  family: 'regularise',
  summary: 'Sets a random share of its inputs to zero while training and scales up the rest.',
  schema,
  rName: 'layer_dropout',
  required: ['rate'],
  parameters: { rate: { ...help.rate('Rate', 'Share of the inputs set to zero.'), prominent: true } },
  shape: (_, inputs) => ok(inputs[0]!),
  mask: () => 'pass',
  equations: ({ rate }) => [
    {
      tex: `y = x \\odot m / ${1 - rate}`,
      plain: `y = x * m / ${1 - rate}`,
      where: `m is 0 with probability ${rate}, else 1; without training y = x`,
    },
  ],
});
