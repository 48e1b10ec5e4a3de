import { z } from 'zod';
import { defineLayer } from './define.ts';
import {
  activation,
  elements,
  flag,
  help,
  initializer,
  ok,
  problem,
  shapeText,
  units,
} from './parameters.ts';
import { texName } from './recurrent.ts';

const schema = z.strictObject({
  units,
  activation: activation('linear'),
  use_bias: flag(true),
  kernel_initializer: initializer('glorot_uniform'),
  bias_initializer: initializer('zeros'),
});

export const dense = defineLayer({
  type: 'Dense',
  baseName: 'dense',
  title: 'Dense',
  family: 'dense',
  summary: 'Every output sees every input: y = act(x W + b).',
  schema,
  rName: 'layer_dense',
  required: ['units'],
  parameters: {
    units: help.units('Number of outputs.'),
    activation: help.activation('sigmoid for two classes, softmax for several, linear for a number.'),
    use_bias: help.flag('Bias', 'Adds a bias vector.'),
    kernel_initializer: help.initializer('Kernel initializer'),
    bias_initializer: help.initializer('Bias initializer'),
  },
  shape: ({ units: U }, inputs) => {
    const shape = inputs[0]!;
    if (shape.length < 2 || shape.at(-1) === null) {
      return problem(
        `Dense needs a known last size, but receives ${shapeText(shape)}.`,
        'Give the Input a fixed length, or pool over time first.',
      );
    }
    return ok([...shape.slice(0, -1), U]);
  },
  weights: (config, inputs) => [
    { name: 'kernel', shape: [inputs[0]!.at(-1)!, config.units], initializer: config.kernel_initializer },
    ...(config.use_bias
      ? [{ name: 'bias', shape: [config.units], initializer: config.bias_initializer }]
      : []),
  ],
  mask: () => 'pass',
  multiplyAdds: ({ units: U }, inputs) => elements(inputs[0]!) * U,
  equations: ({ activation: act, use_bias, units: U }, inputs) => {
    const b = use_bias ? ' + b' : '';
    return [
      {
        tex: `y = ${texName(act)}(x W${b})`,
        plain: `y = ${act}(x W${b})`,
        where: `W (${inputs[0]?.at(-1) ?? 'D'}, ${U})${use_bias ? `, b (${U})` : ''}`,
      },
    ];
  },
});
