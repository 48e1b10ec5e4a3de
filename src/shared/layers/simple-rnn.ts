import { z } from 'zod';
import type { LayerDefinition } from './layer.ts';
import { activationPlain, activationTex } from './activations.ts';
import { pythonCall, rCall } from './calls.ts';
import {
  gateSum,
  heldRecurrentFields,
  heldRecurrentHelp,
  recurrentFields,
  recurrentHelp,
  recurrentKept,
  recurrentPassing,
  recurrentMask,
  recurrentShape,
  recurrentSymbols,
  recurrentWeights,
  recurrentWork,
  walk,
} from './recurrent.ts';
import { simpleRnnDrawing } from './simple-rnn-drawing.ts';

const { recurrent_activation: _gates, unit_forget_bias: _forget, ...fields } = recurrentFields;
const { recurrent_activation: _gatesHelp, unit_forget_bias: _forgetHelp, ...help } = recurrentHelp;
const schema = z.strictObject({ ...fields, ...heldRecurrentFields });
type SimpleRnnConfig = z.infer<typeof schema>;

export const simpleRnn: LayerDefinition<SimpleRnnConfig> = {
  type: 'SimpleRNN',
  baseName: 'simple_rnn',
  title: 'SimpleRNN',
  family: 'recurrent',
  summary: 'The plain recurrent cell: each output is a squashed sum of the input and the output before.',
  schema,
  start: { units: 32 },
  parameters: { ...help, ...heldRecurrentHelp },
  inputs: { min: 1, max: 1 },
  shape: (config, inputs) => recurrentShape('SimpleRNN', config, inputs),
  weights: (config, inputs) => recurrentWeights(config, inputs, 1),
  mask: recurrentMask,
  multiplyAdds: ({ units }, inputs) => recurrentWork(units, inputs, 1),
  kept: ({ units }, inputs) => recurrentKept(units, inputs, 1),
  passing: (config, inputs) => recurrentPassing(config, inputs, { gates: 1, arrays: 2 }),
  equations(config) {
    const sum = gateSum('', config.use_bias);
    return [
      {
        tex: `h_t = ${activationTex(config.activation, sum.tex)}`,
        plain: `h_t = ${activationPlain(config.activation, sum.plain)}`,
        where: 'the new state, which is the output',
        part: 'h',
      },
    ];
  },
  symbols: (config, inputs) => recurrentSymbols(config, inputs, []),
  drawing: ({ activation }) => simpleRnnDrawing(activation),
  walks: (config) => walk('SimpleRNN', ['h'], config),
  python: (config) => pythonCall('layers.SimpleRNN', schema, config, ['units']),
  r: (config) => rCall('layer_simple_rnn', schema, config),
};
