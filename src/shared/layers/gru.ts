import { z } from 'zod';
import type { Equation, LayerDefinition } from './layer.ts';
import { activationPlain, activationTex, type ActivationName } from './activations.ts';
import { pythonCall, rCall } from './calls.ts';
import { gruDrawing } from './gru-drawing.ts';
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

const { unit_forget_bias: _forget, ...fields } = recurrentFields;
const { unit_forget_bias: _forgetHelp, ...help } = recurrentHelp;
const schema = z.strictObject({ ...fields, reset_after: z.boolean().default(true), ...heldRecurrentFields });
type GruConfig = z.infer<typeof schema>;

export const gru: LayerDefinition<GruConfig> = {
  type: 'GRU',
  baseName: 'gru',
  title: 'GRU',
  family: 'recurrent',
  summary: 'Gated recurrent unit: one state, an update gate and a reset gate.',
  schema,
  start: { units: 32 },
  parameters: {
    ...help,
    reset_after: {
      label: 'Reset after product',
      help: "Apply the reset gate after the recurrent product, with two biases (Keras's default).",
      advanced: true,
      control: 'boolean',
    },
    ...heldRecurrentHelp,
  },
  inputs: { min: 1, max: 1 },
  shape: (config, inputs) => recurrentShape('GRU', config, inputs),
  weights: (config, inputs) =>
    recurrentWeights(config, inputs, 3, config.reset_after ? [2, 3 * config.units] : [3 * config.units]),
  mask: recurrentMask,
  multiplyAdds: ({ units }, inputs) => recurrentWork(units, inputs, 3),
  kept: ({ units }, inputs) => recurrentKept(units, inputs, 4),
  passing: (config, inputs) => recurrentPassing(config, inputs, { gates: 3, arrays: 5 }),
  equations(config) {
    const { activation, recurrent_activation, use_bias, reset_after } = config;
    const twoBiases = use_bias && reset_after;
    return [
      gate('z', recurrent_activation, use_bias, twoBiases),
      gate('r', recurrent_activation, use_bias, twoBiases),
      candidate(activation, use_bias, reset_after),
      {
        tex: 'h_t = z_t \\odot h_{t-1} + (1 - z_t) \\odot g_t',
        plain: 'h_t = z_t h_(t-1) + (1 - z_t) g_t',
        where: 'state and output',
        part: 'h',
      },
    ];
  },
  symbols({ units, use_bias, reset_after }, inputs) {
    const twoBiases = use_bias && reset_after;
    const symbols = recurrentSymbols({ units, use_bias: use_bias && !reset_after }, inputs, ['z', 'r', 'h']);
    const biases = {
      tex: 'b, d',
      plain: 'b, d',
      meaning: 'bias of the input, of the state',
      shape: [2, 3 * units],
    };
    return twoBiases ? [...symbols, biases] : symbols;
  },
  drawing: ({ activation, recurrent_activation, reset_after }) =>
    gruDrawing(activation, recurrent_activation, reset_after),
  walks: (config) => walk('GRU', ['h'], config),
  python: (config) => pythonCall('layers.GRU', schema, config, ['units']),
  r: (config) => rCall('layer_gru', schema, config),
};

function gate(name: 'z' | 'r', act: ActivationName, useBias: boolean, twoBiases: boolean): Equation {
  const sum = gateSum(name, useBias);
  return {
    tex: `${name}_t = ${activationTex(act, sum.tex + (twoBiases ? ` + d_{${name}}` : ''))}`,
    plain: `${name}_t = ${activationPlain(act, sum.plain + (twoBiases ? ` + d_${name}` : ''))}`,
    where: name === 'z' ? 'update gate' : 'reset gate',
    part: name,
  };
}

/** The reset gate acts on h R after the product, or on h before it. */
function candidate(act: ActivationName, useBias: boolean, resetAfter: boolean): Equation {
  const [biasTex, biasPlain] = useBias ? [' + b_{h}', ' + b_h'] : ['', ''];
  const [stateTex, statePlain] = useBias ? [' + d_{h}', ' + d_h'] : ['', ''];
  const tex = resetAfter
    ? `x_t W_{h}${biasTex} + r_t \\odot (h_{t-1} R_{h}${stateTex})`
    : `x_t W_{h}${biasTex} + (r_t \\odot h_{t-1}) R_{h}`;
  const plain = resetAfter
    ? `x_t W_h${biasPlain} + r_t (h_(t-1) R_h${statePlain})`
    : `x_t W_h${biasPlain} + (r_t h_(t-1)) R_h`;
  return {
    tex: `g_t = ${activationTex(act, tex)}`,
    plain: `g_t = ${activationPlain(act, plain)}`,
    where: 'candidate',
    part: 'g',
  };
}
