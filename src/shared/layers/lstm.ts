import { z } from 'zod';
import type { Equation, LayerDefinition } from './layer.ts';
import { activationPlain, activationTex, type ActivationName } from './activations.ts';
import { pythonCall, rCall } from './calls.ts';
import { lstmDrawing } from './lstm-drawing.ts';
import {
  carrySymbol,
  forgetBiasProblem,
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
  withForgetBias,
} from './recurrent.ts';

const schema = z.strictObject({ ...recurrentFields, ...heldRecurrentFields });
type LstmConfig = z.infer<typeof schema>;

export const lstm: LayerDefinition<LstmConfig> = {
  type: 'LSTM',
  baseName: 'lstm',
  title: 'LSTM',
  family: 'recurrent',
  summary: 'Long short-term memory: gates decide what its carry keeps, takes in and shows.',
  schema,
  start: { units: 32 },
  parameters: { ...recurrentHelp, ...heldRecurrentHelp },
  inputs: { min: 1, max: 1 },
  shape: (config, inputs) => forgetBiasProblem(config) ?? recurrentShape('LSTM', config, inputs),
  weights: (config, inputs) => withForgetBias(recurrentWeights(config, inputs, 4), config),
  mask: recurrentMask,
  multiplyAdds: ({ units }, inputs) => recurrentWork(units, inputs, 4),
  kept: ({ units }, inputs) => recurrentKept(units, inputs, 6),
  passing: (config, inputs) => recurrentPassing(config, inputs, { gates: 4 }),
  equations({ activation, recurrent_activation, ...config }) {
    const gate = (name: string, act: ActivationName, symbol = name): Equation => {
      const sum = gateSum(name, config.use_bias);
      return {
        tex: `${symbol}_t = ${activationTex(act, sum.tex)}`,
        plain: `${symbol}_t = ${activationPlain(act, sum.plain)}`,
      };
    };
    return [
      { ...gate('i', recurrent_activation), where: 'input gate', part: 'i' },
      { ...gate('f', recurrent_activation), where: 'forget gate', part: 'f' },
      { ...gate('c', activation, 'g'), where: 'candidate', part: 'g' },
      { ...gate('o', recurrent_activation), where: 'output gate', part: 'o' },
      {
        tex: 'c_t = f_t \\odot c_{t-1} + i_t \\odot g_t',
        plain: 'c_t = f_t c_(t-1) + i_t g_t',
        where: 'carry',
        part: 'c',
      },
      {
        tex: `h_t = o_t \\odot ${activationTex(activation, 'c_t')}`,
        plain: `h_t = o_t ${activationPlain(activation, 'c_t')}`,
        where: 'state and output',
        part: 'h',
      },
    ];
  },
  symbols: (config, inputs) => [
    ...recurrentSymbols(config, inputs, ['i', 'f', 'c', 'o']),
    carrySymbol(config.units),
  ],
  drawing: ({ activation, recurrent_activation }) => lstmDrawing(activation, recurrent_activation),
  walks: (config) => walk('LSTM', ['h', 'c'], config),
  python: (config) => pythonCall('layers.LSTM', schema, config, ['units']),
  r: (config) => rCall('layer_lstm', schema, config),
};
