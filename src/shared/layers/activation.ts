import { z } from 'zod';
import type { LayerDefinition } from './layer.ts';
import { ACTIVATION_MEANINGS, activationPlain, activationSchema, activationTex } from './activations.ts';
import { pythonCall, rCall } from './calls.ts';
import { sameShape } from './shapes.ts';

const schema = z.strictObject({ activation: activationSchema });
type ActivationConfig = z.infer<typeof schema>;

export const activation: LayerDefinition<ActivationConfig> = {
  type: 'Activation',
  baseName: 'activation',
  title: 'Activation',
  family: 'dense',
  summary: 'Applies a function to every value.',
  schema,
  start: { activation: 'tanh' },
  parameters: {
    activation: { label: 'Activation', help: 'The function.', prominent: true, control: 'choice' },
  },
  inputs: { min: 1, max: 1 },
  shape: sameShape,
  weights: () => [],
  mask: () => 'pass',
  multiplyAdds: () => 0,
  equations: (config) => [
    {
      tex: `y = ${activationTex(config.activation, 'x')}`,
      plain: `y = ${activationPlain(config.activation, 'x')}`,
      where: `${config.activation}: ${ACTIVATION_MEANINGS[config.activation]}`,
    },
  ],
  python: (config) => pythonCall('layers.Activation', schema, config, ['activation']),
  r: (config) => rCall('layer_activation', schema, config),
};
