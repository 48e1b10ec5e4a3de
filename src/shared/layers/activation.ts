import { z } from 'zod';
import { defineLayer } from './define.ts';
import { ACTIVATIONS, help, ok } from './parameters.ts';
import { texName } from './recurrent.ts';

const schema = z.strictObject({ activation: z.enum(ACTIVATIONS) });

export const activation = defineLayer({
  type: 'Activation',
  baseName: 'activation',
  title: 'Activation',
  family: 'dense',
  summary: 'Applies an activation to every number.',
  schema,
  rName: 'layer_activation',
  required: ['activation'],
  parameters: { activation: help.activation('The function applied.') },
  shape: (_, inputs) => ok(inputs[0]!),
  mask: () => 'pass',
  equations: ({ activation: name }) => [{ tex: `y = ${texName(name)}(x)`, plain: `y = ${name}(x)` }],
});
