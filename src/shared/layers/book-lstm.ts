/**
 * The LSTM of the lecture's pseudo-code: its output is computed from input, state and carry by weights of its own; it is not
 * the carry squashed and gated. The text says "activation" everywhere; here `activation` serves the candidate and the
 * output, `recurrent_activation` the two gates, so that setting both equal gives the literal text.
 */
import { z } from 'zod';
import type { Equation, LayerDefinition } from './layer.ts';
import { activationPlain, activationTex, type ActivationName } from './activations.ts';
import { pythonCall, rCall } from './calls.ts';
import { initializerSchema } from './initializers.ts';
import { bookLstmDrawing } from './lstm-drawing.ts';
import {
  carrySymbol,
  forgetBiasProblem,
  gateSum,
  recurrentFields,
  recurrentHelp,
  recurrentKept,
  recurrentMask,
  recurrentShape,
  recurrentSymbols,
  recurrentWeights,
  recurrentWork,
  walk,
  withForgetBias,
} from './recurrent.ts';
import { weight } from './weights.ts';

const {
  dropout: _dropout,
  recurrent_dropout: _recurrentDropout,
  zero_output_for_mask: _zeros,
  ...fields
} = recurrentFields;
const {
  dropout: _dropoutHelp,
  recurrent_dropout: _recurrentDropoutHelp,
  zero_output_for_mask: _zerosHelp,
  ...help
} = recurrentHelp;
const schema = z.strictObject({
  ...fields,
  carry_initializer: initializerSchema.default('orthogonal'),
  output_sees: z.enum(['old', 'new']).default('old'),
});
type BookLstmConfig = z.infer<typeof schema>;

export const bookLstm: LayerDefinition<BookLstmConfig> = {
  type: 'BookLSTM',
  baseName: 'book_lstm',
  title: 'Book LSTM',
  family: 'recurrent',
  summary:
    "The lecture's own LSTM: the output is computed from the carry by weights of its own, not gated by it.",
  schema,
  start: { units: 32 },
  parameters: {
    ...help,
    carry_initializer: {
      label: 'Carry initializer',
      help: "How the output's carry weights start.",
      advanced: true,
      control: 'choice',
    },
    output_sees: {
      label: 'Output sees',
      help: "Which carry the output is computed from: the one before this step (the lecture's text) or after it.",
      prominent: true,
      control: 'choice',
    },
  },
  inputs: { min: 1, max: 1 },
  shape: (config, inputs) => forgetBiasProblem(config) ?? recurrentShape('BookLSTM', config, inputs),
  weights(config, inputs) {
    const [kernel, recurrentKernel, ...bias] = withForgetBias(recurrentWeights(config, inputs, 4), config);
    const carryKernel = weight('carry_kernel', [config.units, config.units], config, 'carry');
    return [kernel!, recurrentKernel!, carryKernel, ...bias];
  },
  mask: recurrentMask,
  multiplyAdds: ({ units }, inputs) => recurrentWork(units, inputs, 4) + (inputs[0]![1] ?? 1) * units * units,
  kept: ({ units }, inputs) => recurrentKept(units, inputs, 6),
  passing: ({ units }, inputs) => recurrentKept(units, inputs, 4),
  equations({ activation, recurrent_activation, output_sees, ...config }) {
    const gate = (name: string, act: ActivationName): Equation => {
      const sum = gateSum(name, config.use_bias);
      return {
        tex: `${name}_t = ${activationTex(act, sum.tex)}`,
        plain: `${name}_t = ${activationPlain(act, sum.plain)}`,
      };
    };
    const output = gateSum('o', config.use_bias);
    const [seenTex, seenPlain] = output_sees === 'old' ? ['c_{t-1}', 'c_(t-1)'] : ['c_t', 'c_t'];
    return [
      { ...gate('i', recurrent_activation), where: 'input gate', part: 'i' },
      { ...gate('f', recurrent_activation), where: 'forget gate', part: 'f' },
      { ...gate('k', activation), where: 'candidate', part: 'k' },
      {
        tex: 'c_t = i_t \\odot k_t + c_{t-1} \\odot f_t',
        plain: 'c_t = i_t k_t + c_(t-1) f_t',
        where: 'carry',
        part: 'c',
      },
      {
        tex: `h_t = ${activationTex(activation, `${output.tex} + ${seenTex} V_{o}`)}`,
        plain: `h_t = ${activationPlain(activation, `${output.plain} + ${seenPlain} V_o`)}`,
        where: 'state and output',
        part: 'h',
      },
    ];
  },
  symbols: (config, inputs) => [
    ...recurrentSymbols(config, inputs, ['i', 'f', 'k', 'o']),
    { tex: 'V_{o}', plain: 'V_o', meaning: 'carry kernel', shape: [config.units, config.units] },
    carrySymbol(config.units),
  ],
  drawing: ({ activation, recurrent_activation, output_sees }) =>
    bookLstmDrawing(activation, recurrent_activation, output_sees),
  walks: (config) => walk('Book LSTM', ['h', 'c'], config),
  python: (config) => pythonCall('BookLSTM', schema, config, ['units']),
  r: (config) => rCall('layer_book_lstm', schema, config),
};
