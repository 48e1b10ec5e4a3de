import { z } from 'zod';
import type { Shape } from '../graph/graph.ts';
import { defineLayer } from './define.ts';
import { gru } from './gru.ts';
import type { LayerDefinition } from './layer.ts';
import { lstm } from './lstm.ts';
import { help, ok, shapeText } from './parameters.ts';
import { simpleRnn } from './simple-rnn.ts';

/** The layers that can be read in both directions. */
const WRAPPED: Readonly<Record<string, LayerDefinition>> = { SimpleRNN: simpleRnn, LSTM: lstm, GRU: gru };

const wrappedSchema = z
  .object({ type: z.enum(['SimpleRNN', 'LSTM', 'GRU']), config: z.record(z.string(), z.unknown()) })
  .transform((layer, context) => {
    const parsed = WRAPPED[layer.type]!.schema.safeParse(layer.config);
    if (parsed.success) return { type: layer.type, config: parsed.data as Record<string, unknown> };
    for (const issue of parsed.error.issues)
      context.addIssue({ code: 'custom', message: issue.message, path: ['config', ...issue.path] });
    return z.NEVER;
  });

const schema = z.strictObject({
  layer: wrappedSchema,
  merge_mode: z.enum(['concat', 'sum', 'mul', 'ave']).default('concat'),
});

const one = (layer: { type: string; config: Record<string, unknown> }) => ({
  definition: WRAPPED[layer.type]!,
  config: layer.config,
});

export const bidirectional = defineLayer({
  type: 'Bidirectional',
  baseName: 'bidirectional',
  title: 'Bidirectional',
  family: 'recurrent',
  summary: 'Reads the sequence in both directions with two copies of a recurrent layer.',
  schema,
  rName: 'layer_bidirectional',
  parameters: {
    layer: { label: 'Layer', help: 'The recurrent layer that is copied.', control: 'layer', prominent: true },
    merge_mode: help.choice(
      'Merge mode',
      'How the two outputs become one.',
      ['concat', 'sum', 'mul', 'ave'],
      true,
    ),
  },
  shape: (config, inputs) => {
    const { definition, config: inner } = one(config.layer);
    const result = definition.shape(inner, inputs);
    if (!result.ok || config.merge_mode !== 'concat') return result;
    return ok([...result.shape.slice(0, -1), result.shape.at(-1)! * 2]);
  },
  weights: (config, inputs) => {
    const { definition, config: inner } = one(config.layer);
    const weights = definition.weights(inner, inputs);
    return ['forward', 'backward'].flatMap((direction) =>
      weights.map((weight) => ({ ...weight, name: `${direction}_${definition.baseName}/${weight.name}` })),
    );
  },
  mask: ({ layer }) => (layer.config.return_sequences ? 'pass' : 'use'),
  multiplyAdds: (config, inputs) => {
    const { definition, config: inner } = one(config.layer);
    return 2 * definition.multiplyAdds(inner, inputs);
  },
  equations: (config, inputs: readonly Shape[]) => {
    const { definition, config: inner } = one(config.layer);
    const join = { concat: '[→h, ←h]', sum: '→h + ←h', mul: '→h * ←h', ave: '(→h + ←h) / 2' }[
      config.merge_mode
    ];
    const tex = {
      concat: '[\\overrightarrow{h}, \\overleftarrow{h}]',
      sum: '\\overrightarrow{h} + \\overleftarrow{h}',
      mul: '\\overrightarrow{h} \\odot \\overleftarrow{h}',
      ave: '(\\overrightarrow{h} + \\overleftarrow{h}) / 2',
    }[config.merge_mode];
    const where = inputs[0] ? `→h reads ${shapeText(inputs[0])} from the start, ←h from the end` : '';
    return [...definition.equations(inner, inputs), { tex: `y = ${tex}`, plain: `y = ${join}`, where }];
  },
  python: (config) => {
    const { definition, config: inner } = one(config.layer);
    const merge = config.merge_mode === 'concat' ? '' : `, merge_mode="${config.merge_mode}"`;
    return `layers.Bidirectional(${definition.python(inner)}${merge})`;
  },
  r: (config) => {
    const { definition, config: inner } = one(config.layer);
    const merge = config.merge_mode === 'concat' ? '' : `, merge_mode = "${config.merge_mode}"`;
    return `layer_bidirectional(layer = ${definition.r(inner)}${merge})`;
  },
});
